// Makes `npm start` and `npm test` work on a bare clone: installs the locked dependencies when they are missing or older
// than the lockfile and, with `--storefront`, builds the storefront when it was not built from these very sources. Runs
// on any Node that npm itself runs on, so it is plain JavaScript.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.package-lock.json`
const lockfile = `${root}package-lock.json`
const withInstalled = { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` }

const fresh = existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lockfile).mtimeMs
if (!fresh) {
  console.log('Installing the locked dependencies (npm ci)…')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) process.exit(status ?? 1)
}

// Optional dependencies fail silently, so the Node that npm scripts will run with is checked here.
const { stdout } = spawnSync('node', ['--version'], { cwd: root, encoding: 'utf8', env: withInstalled })
const major = Number(/^v(\d+)/.exec(stdout ?? '')?.[1])
if (!(major >= 24)) {
  console.error(
    `Kessai needs Node 24; this platform has ${stdout?.trim() || 'none'} and no packaged Node 24 was installed.`,
  )
  process.exit(1)
}

// The storefront's TypeScript settings are Nuxt's to write; nothing under web/ can be checked or tested without them.
if (!existsSync(`${root}web/.nuxt/tsconfig.app.json`)) {
  const prepared = spawnSync('npm', ['run', '--silent', 'settings', '--workspace', 'web'], {
    cwd: root,
    encoding: 'utf8',
    env: withInstalled,
  })
  if (prepared.status !== 0) {
    console.error(prepared.stdout, prepared.stderr)
    process.exit(prepared.status ?? 1)
  }
}

if (process.argv.includes('--storefront')) {
  const sources = hashOf([
    'package-lock.json',
    'web/package.json',
    'web/nuxt.config.ts',
    'web/app',
    'web/i18n',
    'web/public',
    'web/server',
  ])
  const builtFrom = `${root}web/.output/built-from`
  if (!existsSync(builtFrom) || readFileSync(builtFrom, 'utf8') !== sources) {
    console.log('Building the storefront (half a minute)…')
    const built = spawnSync('npm', ['run', '--silent', 'build', '--workspace', 'web'], {
      cwd: root,
      encoding: 'utf8',
      env: withInstalled,
      maxBuffer: 64 * 1_024 * 1_024,
    })
    if (built.status !== 0) {
      console.error(built.stdout, built.stderr)
      process.exit(built.status ?? 1)
    }
    writeFileSync(builtFrom, sources)
  }
}

/** One hash over names and contents of all files under the paths. */
function hashOf(paths) {
  const hash = createHash('sha256')
  const add = (path) => {
    if (statSync(join(root, path)).isDirectory())
      for (const name of readdirSync(join(root, path)).sort()) add(join(path, name))
    else hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  }
  for (const path of paths) if (existsSync(join(root, path))) add(path)
  return hash.digest('hex')
}
