import { describe, expect, it } from 'vitest'
import { readConfig, unsafeDefaultsInUse, UNSAFE_DEFAULTS } from './config.ts'
import { firebaseOf } from './firebase.ts'

const project = { FIREBASE_PROJECT_ID: 'hibi-shop', FIREBASE_WEB_API_KEY: 'AIzaSy-of_the-project' }
const emulator = { FIREBASE_PROJECT_ID: 'demo-hibi', FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099' }

const refusalOf = (environment: Readonly<Record<string, string>>): string => {
  try {
    readConfig(environment)
    return 'accepted'
  } catch (error) {
    return String(error)
  }
}

describe('the configuration of Firebase', () => {
  it('is absent unless a project is named, and the development issuer is then in use', () => {
    const config = readConfig({})
    expect(firebaseOf(config)).toBeUndefined()
    expect(unsafeDefaultsInUse(config)).toContain('development-issuer')
  })

  it('names a project, with the domain Google gives it unless told another', () => {
    const config = readConfig(project)
    expect(firebaseOf(config)).toStrictEqual({
      projectId: 'hibi-shop',
      apiKey: 'AIzaSy-of_the-project',
      authDomain: 'hibi-shop.firebaseapp.com',
    })
    expect(unsafeDefaultsInUse(config)).not.toContain('development-issuer')
    const own = readConfig({ ...project, FIREBASE_AUTH_DOMAIN: 'auth.hibi.example' })
    expect(firebaseOf(own)?.authDomain).toBe('auth.hibi.example')
  })

  it('takes an emulator outside production, where no key is needed', () => {
    expect(firebaseOf(readConfig(emulator))).toMatchObject({
      emulatorHost: '127.0.0.1:9099',
      apiKey: expect.any(String),
    })
  })

  it('refuses an emulator in production, whatever else is set and allowed', () => {
    const environment = {
      NODE_ENV: 'production',
      KESSAI_ALLOW: UNSAFE_DEFAULTS.join(','),
      PAYPAY_WEBHOOK_SECRET: 'a-secret-path-of-some-length-9c1e',
    }
    expect(refusalOf(environment)).toBe('accepted')
    expect(refusalOf({ ...environment, ...project })).toBe('accepted')
    expect(refusalOf({ ...environment, ...project, ...emulator })).toMatch(
      /FIREBASE_AUTH_EMULATOR_HOST .*production/,
    )
    const { FIREBASE_AUTH_EMULATOR_HOST } = emulator
    expect(refusalOf({ ...environment, FIREBASE_AUTH_EMULATOR_HOST })).toMatch(
      /FIREBASE_AUTH_EMULATOR_HOST .*production/,
    )
  })

  it('needs no leave in production for a project of its own', () => {
    const environment = {
      NODE_ENV: 'production',
      KESSAI_ALLOW: UNSAFE_DEFAULTS.filter((one) => one !== 'development-issuer').join(','),
      PAYPAY_WEBHOOK_SECRET: 'a-secret-path-of-some-length-9c1e',
    }
    expect(refusalOf(environment)).toContain('development-issuer')
    expect(refusalOf({ ...environment, ...project })).toBe('accepted')
  })

  it.each([
    ['FIREBASE_WEB_API_KEY', { FIREBASE_PROJECT_ID: 'hibi-shop' }],
    ['FIREBASE_PROJECT_ID', { FIREBASE_WEB_API_KEY: 'AIzaSy' }],
    ['FIREBASE_PROJECT_ID', { FIREBASE_AUTH_DOMAIN: 'auth.hibi.example' }],
    ['FIREBASE_PROJECT_ID', { FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099' }],
    ['FIREBASE_PROJECT_ID', { ...project, FIREBASE_PROJECT_ID: 'No Project' }],
    ['FIREBASE_WEB_API_KEY', { ...project, FIREBASE_WEB_API_KEY: 'a key; script-src *' }],
    ['FIREBASE_AUTH_DOMAIN', { ...project, FIREBASE_AUTH_DOMAIN: 'https://auth.hibi.example' }],
    ['FIREBASE_AUTH_DOMAIN', { ...project, FIREBASE_AUTH_DOMAIN: 'a.example; script-src *' }],
    ['FIREBASE_AUTH_EMULATOR_HOST', { ...emulator, FIREBASE_AUTH_EMULATOR_HOST: 'http://127.0.0.1:9099' }],
    ['FIREBASE_AUTH_EMULATOR_HOST', { ...emulator, FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1' }],
  ])('names %s in %o as what is wrong', (name, environment: Readonly<Record<string, string>>) => {
    expect(refusalOf(environment)).toContain(name)
  })
})
