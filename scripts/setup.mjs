// Makes `npm start` and `npm test` work on a bare clone: installs the locked dependencies when they are
// missing or older than the lockfile. Runs on any Node that npm itself runs on, so it is plain JavaScript.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.package-lock.json`
const lockfile = `${root}package-lock.json`

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
const { stdout } = spawnSync('node', ['--version'], {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` },
})
const major = Number(/^v(\d+)/.exec(stdout ?? '')?.[1])
if (!(major >= 24)) {
  console.error(
    `Kessai needs Node 24; this platform has ${stdout?.trim() || 'none'} and no packaged Node 24 was installed.`,
  )
  process.exit(1)
}
