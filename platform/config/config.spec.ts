import { describe, expect, it } from 'vitest'
import { bucketOf, ConfigurationError, printable, readConfig, UNSAFE_DEFAULTS } from './config.ts'
import { unsafeDefaultsInUse } from './config.ts'

const paypay = {
  PAYPAY_ENVIRONMENT: 'sandbox',
  PAYPAY_API_KEY: 'the-api-key',
  PAYPAY_API_SECRET: 'the-api-secret',
  PAYPAY_MERCHANT_ID: '990000000000000001',
  PAYPAY_WEBHOOK_SECRET: 'the-webhook-secret-of-24-and-more',
}
const signing = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`)
const bucket = {
  S3_ENDPOINT: 'https://s3.ap-northeast-1.amazonaws.com',
  S3_BUCKET: 'pictures.shop.example',
  S3_REGION: 'ap-northeast-1',
  S3_ACCESS_KEY_ID: 'the-key-of-the-bucket',
  S3_SECRET_ACCESS_KEY: 'the-secret-of-the-bucket',
}
const production = {
  NODE_ENV: 'production',
  ...paypay,
  PAYPAY_ENVIRONMENT: 'production',
  KESSAI_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  EVENTSTORE_URL: 'esdb://admin:the-store-password@db-1:2113,db-2:2113?tls=true',
  EVENTSTORE_USERNAME: 'kessai',
  EVENTSTORE_PASSWORD: 'the-other-password',
  MONGODB_URL: 'mongodb://kessai:the-document-password@mongo-1,mongo-2/teas?replicaSet=rs',
  ...bucket,
  KAFKA_BROKERS: 'kafka-1:9093,kafka-2:9093',
  KAFKA_SSL: 'true',
  KAFKA_SASL_MECHANISM: 'scram-sha-512',
  KAFKA_SASL_USERNAME: 'kessai',
  KAFKA_SASL_PASSWORD: 'the-kafka-password',
  SMTP_URL: 'smtps://kessai:the-mail-password@mail.example:465',
  MAIL_FROM: 'Hibi <orders@hibi.example>',
  KESSAI_ALLOW: 'development-issuer, local-sessions',
}

const refusalOf = (environment: Record<string, string | undefined>): string => {
  try {
    readConfig(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError)
    return String(error)
  }
  return 'accepted'
}

describe('the configuration', () => {
  it('needs nothing: the defaults run a shop on this machine alone', () => {
    expect(readConfig({})).toMatchObject({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 8080,
      publicUrl: 'http://127.0.0.1:8080',
      KESSAI_DATA: '.kessai',
      KESSAI_ALLOW: [],
      PAYPAY_ENVIRONMENT: 'simulator',
      PAYPAY_SIMULATOR_PORT: 8090,
      PAYPAY_SIMULATOR_TLS_PORT: 8490,
      PAYMENT_WINDOW_MS: 900_000,
      PAYPAY_WEBHOOK_ADDRESSES: [],
      PAYPAY_WEBHOOK_RATE_LIMIT_PER_MINUTE: 6_000,
      TRUSTED_PROXIES: [],
      AUDIT_EXPORTS_AT_ONCE: 2,
      COMPATIBILITY_ROUTES: [],
      COMPATIBILITY_CURRENCY: 'USD',
      SEED: true,
    })
    expect(readConfig({})).not.toHaveProperty('SHOP_PROFILE')
    expect(unsafeDefaultsInUse(readConfig({}))).toEqual([
      'development-issuer',
      'local-sessions',
      'paypay-simulator',
      'local-master-key',
      'embedded-eventstore',
      'mailbox',
    ])
  })

  it('takes an empty variable for one that is not set, and knows nothing of others', () => {
    expect(readConfig({ PORT: '', EVENTSTORE_URL: '', MONGODB_URL: '', HOME: '/root' })).toEqual(
      readConfig({}),
    )
  })

  it('reads numbers, flags and lists', () => {
    expect(
      readConfig({
        PORT: '9000',
        SEED: 'false',
        TRUSTED_PROXIES: '10.0.0.1, 2001:db8::/32, loopback,',
        PAYPAY_WEBHOOK_ADDRESSES: '192.0.2.1,198.51.100.0/24',
        PAYPAY_WEBHOOK_SIGNING_SECRETS: signing.join(', '),
        PUBLIC_URL: 'https://shop.example',
        PAYPAY_CODE_LIFE_MS: '5000',
        SHOP_PROFILE: '/etc/kessai/shop.json',
      }),
    ).toMatchObject({
      PORT: 9_000,
      SEED: false,
      TRUSTED_PROXIES: ['10.0.0.1', '2001:db8::/32', 'loopback'],
      PAYPAY_WEBHOOK_ADDRESSES: ['192.0.2.1', '198.51.100.0/24'],
      PAYPAY_WEBHOOK_SIGNING_SECRETS: signing,
      publicUrl: 'https://shop.example',
      PAYPAY_CODE_LIFE_MS: 5_000,
      SHOP_PROFILE: '/etc/kessai/shop.json',
    })
  })

  it.each([
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['NODE_ENV', 'staging'],
    ['PUBLIC_URL', 'shop'],
    ['KESSAI_ALLOW', 'everything'],
    ['COMPATIBILITY_ROUTES', 'gozon,all'],
    ['COMPATIBILITY_CURRENCY', 'usd'],
    ['COMPATIBILITY_CURRENCY', 'ZZZ'],
    ['KESSAI_MASTER_KEY', 'not base64!'],
    ['EVENTSTORE_URL', 'http://127.0.0.1:2113'],
    ['MONGODB_URL', '127.0.0.1:27017'],
    ['REDIS_URL', '127.0.0.1:6379'],
    ['REDIS_URL', 'http://redis:6379'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'redis://redis:6379/sessions'],
    ['REDIS_URL', 'redis://redis:6379?tls=true'],
    ['S3_ENDPOINT', 's3.example'],
    ['S3_ENDPOINT', 's3://pictures'],
    ['S3_ENDPOINT', 'https://s3.example/pictures'],
    ['S3_ENDPOINT', 'https://key:secret@s3.example'],
    ['S3_BUCKET', 'a/b'],
    ['S3_BUCKET', '..'],
    ['S3_REGION', 'ap northeast 1'],
    ['SMTP_URL', 'mail.example:587'],
    ['SMTP_URL', 'https://mail.example'],
    ['SMTP_URL', 'smtp://mail.example/path'],
    ['MAIL_FROM', 'orders'],
    ['MAIL_FROM', 'Hibi <orders@hibi.example>, x@example.com'],
    ['MAIL_FROM', 'Hibi\r\nBcc: x <orders@hibi.example>'],
    ['KAFKA_BROKERS', 'kafka'],
    ['KAFKA_BROKERS', 'PLAINTEXT://kafka:9092'],
    ['KAFKA_SASL_MECHANISM', 'gssapi'],
    ['KAFKA_TOPIC_ALERTS', 'alerts of the shop'],
    ['KAFKA_TOPIC_PARTITIONS', '0'],
    ['PAYPAY_ENVIRONMENT', 'live'],
    ['PAYPAY_WEBHOOK_SECRET', 'too-short'],
    ['PAYPAY_WEBHOOK_SECRET', 'long/enough/but+no+part+of+a+path'],
    ['PAYPAY_WEBHOOK_SIGNING_SECRETS', 'whsec_dG9vIHNob3J0'],
    ['PAYPAY_WEBHOOK_SIGNING_SECRETS', Buffer.alloc(32, 7).toString('base64')],
    ['PAYPAY_WEBHOOK_ADDRESSES', '192.0.2.1,paypay.example'],
    ['PAYPAY_WEBHOOK_RATE_LIMIT_PER_MINUTE', '0'],
    ['AUDIT_EXPORTS_AT_ONCE', '0'],
    ['TRUSTED_PROXIES', '10.0.0.0/40'],
    ['TRUSTED_PROXIES', 'everybody'],
    ['PAYMENT_WINDOW_MS', '10'],
    ['PAYMENT_WINDOW_MS', '1.5e3ms'],
    ['SEED', 'yes'],
    ['LOG_LEVEL', 'loud'],
    ['RATE_LIMIT_PER_MINUTE', '0'],
    ['RATE_LIMIT_BUYING_PER_MINUTE', '0'],
    ['SIGN_IN_FAILURES_BEFORE_WAITING', '0'],
  ])('refuses %s=%s by name, and does not repeat a secret', (name, value) => {
    const refusal = refusalOf({ [name]: value })
    expect(refusal).toContain(name)
    if (/KEY|SECRET/.test(name)) expect(refusal).not.toContain(value)
  })

  it('names everything that is wrong at once', () => {
    const refusal = refusalOf({ PORT: 'x', SEED: 'maybe', NODE_ENV: 'staging' })
    for (const name of ['PORT', 'SEED', 'NODE_ENV']) expect(refusal).toContain(name)
  })

  it.each([
    ['PAYPAY_API_KEY'],
    ['PAYPAY_API_SECRET'],
    ['PAYPAY_MERCHANT_ID'],
    ['PAYPAY_API_KEY', 'PAYPAY_API_SECRET'],
  ])('refuses PayPay credentials without %s', (...missing: string[]) => {
    const given = Object.fromEntries(Object.entries(paypay).filter(([name]) => !missing.includes(name)))
    expect(refusalOf(given)).toContain('belong together')
  })

  it('refuses PayPay credentials whose environment is not stated', () => {
    const { PAYPAY_ENVIRONMENT: _, ...given } = paypay
    expect(refusalOf(given)).toContain('PAYPAY_ENVIRONMENT')
    expect(refusalOf({ ...given, PAYPAY_SIMULATOR_URL: 'http://127.0.0.1:8090' })).toBe('accepted')
  })

  it.each(['sandbox', 'production'])(
    'refuses the %s of PayPay without credentials or webhook secret',
    (name) => {
      expect(refusalOf({ PAYPAY_ENVIRONMENT: name })).toContain('three PayPay credentials')
      const { PAYPAY_WEBHOOK_SECRET: _, ...given } = paypay
      expect(refusalOf({ ...given, PAYPAY_ENVIRONMENT: name })).toContain('PAYPAY_WEBHOOK_SECRET')
      expect(refusalOf({ ...paypay, PAYPAY_ENVIRONMENT: name })).toBe('accepted')
    },
  )

  it('reads a bucket for pictures, and has none where nothing is said of one', () => {
    expect(bucketOf(readConfig({ ...bucket, S3_ENDPOINT: `${bucket.S3_ENDPOINT}/` }))).toStrictEqual({
      endpoint: bucket.S3_ENDPOINT,
      bucket: bucket.S3_BUCKET,
      region: bucket.S3_REGION,
      accessKeyId: bucket.S3_ACCESS_KEY_ID,
      secretAccessKey: bucket.S3_SECRET_ACCESS_KEY,
    })
    expect(bucketOf(readConfig({}))).toBeUndefined()
  })

  it.each(Object.keys(bucket))('refuses a bucket without %s, and names it', (missing) => {
    const refusal = refusalOf({ ...bucket, [missing]: '' })
    expect(refusal).toMatch(new RegExp(`missing: ${missing}$`))
    expect(refusal).not.toContain('-of-the-bucket')
  })

  it('refuses a mail server without a sender, and a sender without a mail server', () => {
    const SMTP_URL = 'smtp://kessai:the-mail-password@mail.example:587'
    expect(refusalOf({ SMTP_URL })).toContain('MAIL_FROM')
    expect(refusalOf({ SMTP_URL })).not.toContain('the-mail-password')
    expect(refusalOf({ MAIL_FROM: 'orders@hibi.example' })).toContain('SMTP_URL')
    expect(refusalOf({ SMTP_URL, MAIL_FROM: 'orders@hibi.example' })).toBe('accepted')
  })

  it('refuses half of the event store credentials', () => {
    expect(refusalOf({ EVENTSTORE_USERNAME: 'kessai' })).toContain('EVENTSTORE_PASSWORD')
    expect(refusalOf({ EVENTSTORE_PASSWORD: 'the-secret' })).not.toContain('the-secret')
  })

  it('runs no relay without brokers, and names topics as other systems know them', () => {
    expect(readConfig({}).KAFKA_BROKERS).toBeUndefined()
    expect(readConfig({ KAFKA_BROKERS: 'kafka-1:9092, [::1]:9092' })).toMatchObject({
      KAFKA_BROKERS: ['kafka-1:9092', '[::1]:9092'],
      KAFKA_TOPIC_ORDERS: 'orders.events.v1',
      KAFKA_TOPIC_PAYMENTS: 'payments.events.v1',
      KAFKA_TOPIC_ALERTS: 'alerts.order_payment_inconsistency.v1',
      KAFKA_TOPIC_PARTITIONS: 6,
    })
  })

  it('refuses half of the credentials of Kafka, and two topics of one name', () => {
    const refusal = refusalOf({ KAFKA_SASL_USERNAME: 'kessai', KAFKA_SASL_PASSWORD: 'the-kafka-password' })
    expect(refusal).toContain('KAFKA_SASL_MECHANISM')
    expect(refusal).not.toContain('the-kafka-password')
    expect(refusalOf({ KAFKA_TOPIC_ALERTS: 'orders.events.v1' })).toContain('three different topics')
  })

  describe('in production', () => {
    it('refuses to send the password of Kafka as it is', () => {
      const sasl = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'k', KAFKA_SASL_PASSWORD: 'p' }
      expect(refusalOf({ ...production, ...sasl, KAFKA_SSL: 'false' })).toContain('KAFKA_SSL')
      expect(refusalOf({ ...production, ...sasl, KAFKA_SSL: 'true' })).toBe('accepted')
    })

    it('starts with real engines and what is allowed by name', () => {
      expect(refusalOf(production)).toBe('accepted')
      expect(unsafeDefaultsInUse(readConfig(production))).toEqual(['development-issuer', 'local-sessions'])
    })

    it.each(UNSAFE_DEFAULTS)('refuses %s unless it is allowed by that name', (unsafe) => {
      const others = UNSAFE_DEFAULTS.filter((name) => name !== unsafe)
      const { PAYPAY_WEBHOOK_SECRET } = paypay
      const given = {
        NODE_ENV: 'production',
        PAYPAY_WEBHOOK_SECRET,
        ...bucket,
        S3_ENDPOINT: 'http://minio:9000',
        ...(unsafe === 'redis-without-tls' ? { REDIS_URL: 'redis://redis:6379' } : {}),
        COMPATIBILITY_ROUTES: 'gozon,hw4',
      }
      expect(refusalOf({ ...given, KESSAI_ALLOW: others.join(',') })).toContain(unsafe)
      expect(refusalOf({ ...given, KESSAI_ALLOW: UNSAFE_DEFAULTS.join(',') })).toBe('accepted')
    })

    it('has sessions that all instances share where there is a Redis, reached by TLS or within a private network', () => {
      const given = { ...production, KESSAI_ALLOW: 'development-issuer' }
      expect(refusalOf(given)).toContain('local-sessions')
      for (const url of [
        'rediss://kessai:p%40ss@redis.example:6380/2',
        'redis://127.0.0.1',
        'redis://[::1]:6379',
        'redis://:secret@10.1.2.3:6379/0',
        'redis://172.31.0.9',
        'redis://[fd00::1]',
      ])
        expect(refusalOf({ ...given, REDIS_URL: url }), url).toBe('accepted')
      for (const url of [
        'redis://redis:6379',
        'redis://172.32.0.1',
        'redis://203.0.113.7',
        'redis://10.example.com',
      ])
        expect(refusalOf({ ...given, REDIS_URL: url }), url).toContain('redis-without-tls')
    })

    it('refuses a webhook whose address anybody could guess', () => {
      const { PAYPAY_WEBHOOK_SECRET: _, ...given } = production
      expect(
        refusalOf({ NODE_ENV: 'production', KESSAI_ALLOW: UNSAFE_DEFAULTS.join(','), EVENTSTORE_URL: '' }),
      ).toContain('PAYPAY_WEBHOOK_SECRET')
      expect(refusalOf(given)).toContain('PAYPAY_WEBHOOK_SECRET')
    })
  })

  describe('as it is printed', () => {
    it('shows no secret', () => {
      const redis = { REDIS_URL: 'rediss://kessai:the-session-password@redis.example' }
      const signed = { ...production, ...redis, PAYPAY_WEBHOOK_SIGNING_SECRETS: signing.join(',') }
      const text = JSON.stringify(printable(readConfig(signed)))
      for (const secret of [
        production.PAYPAY_API_KEY,
        production.PAYPAY_API_SECRET,
        production.PAYPAY_WEBHOOK_SECRET,
        ...signing,
        production.KESSAI_MASTER_KEY,
        production.EVENTSTORE_PASSWORD,
        bucket.S3_ACCESS_KEY_ID,
        bucket.S3_SECRET_ACCESS_KEY,
        'the-store-password',
        'the-document-password',
        'the-kafka-password',
        'the-session-password',
      ])
        expect(text).not.toContain(secret)
      expect(printable(readConfig(production))).toMatchObject({
        PAYPAY_API_KEY: 'set',
        EVENTSTORE_URL: 'esdb://***@db-1:2113,db-2:2113?tls=true',
        PORT: 8_080,
      })
      expect(printable(readConfig({ ...paypay, KESSAI_MASTER_KEY: undefined }))).not.toHaveProperty(
        'KESSAI_MASTER_KEY',
      )
    })

    it('shows no part of a password that should have been escaped', () => {
      const url = 'esdb://admin:p@ss/w@rd@db-1:2113'
      expect(printable(readConfig({ EVENTSTORE_URL: url }))).toMatchObject({
        EVENTSTORE_URL: 'esdb://***@db-1:2113',
      })
    })
  })
})
