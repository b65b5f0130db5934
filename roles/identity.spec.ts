import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { until } from '#api/testing.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { readConfig } from '#platform/config/config.ts'
import { firebaseStandIn } from '#platform/identity/testing.ts'
import { openIdentity } from './identity.ts'
import { signInHostsOf } from './sign-in-hosts.ts'

const opened = async (environment: Readonly<Record<string, string>>) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kessai-who-'))
  const said: string[] = []
  const note =
    (level: string) =>
    (...args: unknown[]): void => {
      said.push(`${level} ${args.map((part) => JSON.stringify(part)).join(' ')}`)
    }
  const config = readConfig({ KESSAI_DATA: dataDir, ...environment })
  const open = await openIdentity({
    config,
    clock: systemClock,
    logger: { info: note('info'), warn: note('warn') },
  })
  return {
    ...open,
    told: (what: string) => until(what, () => said.find((line) => line.includes(what))),
    close: async () => {
      await open.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

describe('who says who somebody is', () => {
  it('is the development issuer where nobody else is named, and the log warns of it', async () => {
    const open = await opened({})
    expect(open.developmentIssuer).toBeDefined()
    expect(await open.told('Development sign-in')).toMatch(/^warn/)
    await open.close()
  })

  it('is Firebase’s emulator where one is named: no development issuer, and the log says whether it answers', async () => {
    const standIn = await firebaseStandIn()
    standIn.accounts.set('hanako', { disabled: false, validSinceSeconds: 0 })
    const environment = { FIREBASE_PROJECT_ID: 'demo-kessai', FIREBASE_AUTH_EMULATOR_HOST: standIn.host }
    const open = await opened(environment)
    expect(open.developmentIssuer).toBeUndefined()
    expect(await open.told('An emulator of Firebase')).toMatch(/^warn/)
    expect(await open.told('Firebase answers')).toMatch(/^info/)
    const now = Math.floor(systemClock.nowMs() / 1_000)
    const claims = { sub: 'hanako', auth_time: now, iat: now, exp: now + 60, aud: 'demo-kessai' }
    const token = new UnsecuredJWT({ ...claims, iss: 'https://securetoken.google.com/demo-kessai' }).encode()
    expect(await open.identity.verify(token)).toMatchObject({ subject: 'hanako' })
    await open.close()

    standIn.become('failing')
    const away = await opened(environment)
    expect(await away.told('nobody can sign in')).toMatch(/^warn .*auth\/.*GOOGLE_APPLICATION_CREDENTIALS/)
    await away.close()
    await standIn.close()
  })

  it('never takes an unsigned token for a project of its own, and says at start that credentials are missing', async () => {
    // Credentials that are named and not there: the library then looks for none in the surroundings of the machine.
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = '/no/such/credentials.json'
    const open = await opened({ FIREBASE_PROJECT_ID: 'demo-kessai', FIREBASE_WEB_API_KEY: 'AIzaSy' })
    expect(await open.told('nobody can sign in')).toMatch(/^warn .*GOOGLE_APPLICATION_CREDENTIALS/)
    delete process.env['GOOGLE_APPLICATION_CREDENTIALS']
    expect(process.env['FIREBASE_AUTH_EMULATOR_HOST']).toBeUndefined()
    const now = Math.floor(systemClock.nowMs() / 1_000)
    const claims = { sub: 'hanako', auth_time: now, iat: now, exp: now + 60, aud: 'demo-kessai' }
    const token = new UnsecuredJWT({ ...claims, iss: 'https://securetoken.google.com/demo-kessai' }).encode()
    expect(await open.identity.verify(token)).toBe('invalid')
    await open.close()
  })
})

describe('where pages may go to sign in', () => {
  const project = { projectId: 'hibi-shop', apiKey: 'k', authDomain: 'hibi-shop.firebaseapp.com' }

  it('is Google’s, by name, and a frame of the project’s own domain', () => {
    expect(signInHostsOf(project)).toStrictEqual({
      connect: [
        'https://identitytoolkit.googleapis.com',
        'https://securetoken.googleapis.com',
        'https://apis.google.com',
      ],
      script: ['https://apis.google.com'],
      frame: ['https://hibi-shop.firebaseapp.com'],
    })
  })

  it('is the emulator instead where there is one', () => {
    expect(signInHostsOf({ ...project, emulatorHost: '127.0.0.1:9099' })).toMatchObject({
      connect: ['http://127.0.0.1:9099'],
      frame: ['http://127.0.0.1:9099'],
    })
  })
})
