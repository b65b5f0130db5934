import { isIP } from 'node:net'
import { z } from 'zod'
import { firebaseContradiction, firebaseVariables } from './firebase.ts'

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
/** From a second to a month. */
const threshold = z.coerce
  .number()
  .int()
  .min(1_000)
  .max(31 * 24 * 60 * 60_000)
const port = z.coerce.number().int().min(0).max(65_535)
/** Separated by commas. */
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
)
const AddressRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])
/** As the Standard Webhooks specification writes them: 24 to 64 bytes in base64 after a prefix. */
const SigningSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/)
  .refine((secret) => {
    const { length } = Buffer.from(secret.slice('whsec_'.length), 'base64')
    return length >= 24 && length <= 64
  }, 'has 24 to 64 bytes in base64 after whsec_')

/** Nothing but where the server is: the bucket comes in the path, and the credentials in variables of their own. */
const S3Endpoint = z
  .url({ protocol: /^https?$/ })
  .refine((url) => {
    const parsed = URL.parse(url)
    return parsed?.href === `${parsed?.origin}/`
  }, 'https://host or https://host:port, and no more')
  .transform((url) => new URL(url).origin)

/** Kafka's own rule for names of topics. */
const topic = z.string().regex(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/, '1 to 249 of a-z A-Z 0-9 . _ -')
/** `host:port`, without a scheme. */
const broker = z
  .string()
  .regex(/^[^\s/:@]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'host:port, separated by commas')

/** Where mails go out; a path or a query would be lost. */
const SmtpUrl = z
  .url({ protocol: /^smtps?$/, error: 'smtp://host:587 or smtps://host:465' })
  .refine((url) => /^smtps?:\/\/[^/?#]+\/?$/.test(url), 'smtp://host:587 or smtps://host:465, and no more')
/** `Shop <orders@shop.example>`, or the address alone. */
const MailFrom = z
  .string()
  .regex(/^(?:[^<>\r\n"]* <[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/, 'Shop <orders@shop.example>')
/** Nothing but where the server is and who we are to it; options of a client have no place in it. */
const RedisUrl = z.string().refine((url) => {
  const parsed = URL.parse(url)
  if (parsed === null || parsed.hostname === '' || parsed.search !== '' || parsed.hash !== '') return false
  return /^rediss?:$/.test(parsed.protocol) && /^(?:\/\d{0,3})?$/.test(parsed.pathname)
}, 'redis://user:password@host:port/database or rediss://…, the password percent-encoded')

/** What is fine on a laptop and unsafe in production; each must be allowed there by name. */
export const UNSAFE_DEFAULTS = [
  'development-issuer',
  'paypay-simulator',
  'local-sessions',
  'local-master-key',
  'embedded-eventstore',
  's3-without-tls',
  'mailbox',
  'redis-without-tls',
  'compatibility-routes',
] as const
export type UnsafeDefault = (typeof UNSAFE_DEFAULTS)[number]

const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8080),
  PUBLIC_URL: z.url().optional(),
  KESSAI_DATA: z.string().default('.kessai'),
  KESSAI_ALLOW: list.default([]).pipe(z.array(z.enum(UNSAFE_DEFAULTS))),
  KESSAI_MASTER_KEY: z.base64().optional(),
  ...firebaseVariables,
  EVENTSTORE_URL: z.string().startsWith('esdb').optional(),
  EVENTSTORE_USERNAME: z.string().optional(),
  EVENTSTORE_PASSWORD: z.string().optional(),
  MONGODB_URL: z
    .string()
    .regex(/^mongodb(?:\+srv)?:\/\/[^/]/, 'mongodb://host:port/database')
    .optional(),
  /** Without it sessions are in a file of this machine. */
  REDIS_URL: RedisUrl.optional(),
  S3_ENDPOINT: S3Endpoint.optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket')
    .optional(),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/, 'the name of a region')
    .optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  /** Without it mails are kept in a mailbox that the storefront shows. */
  SMTP_URL: SmtpUrl.optional(),
  MAIL_FROM: MailFrom.optional(),
  /** Without them no relay runs, and events stay in the log. */
  KAFKA_BROKERS: list.pipe(z.array(broker).min(1).max(100)).optional(),
  KAFKA_SSL: flag.default(false),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_TOPIC_ORDERS: topic.default('orders.events.v1'),
  KAFKA_TOPIC_PAYMENTS: topic.default('payments.events.v1'),
  KAFKA_TOPIC_ALERTS: topic.default('alerts.order_payment_inconsistency.v1'),
  KAFKA_TOPIC_PARTITIONS: z.coerce.number().int().min(1).max(1_000).default(6),
  KAFKA_TOPIC_REPLICATION: z.coerce.number().int().min(1).max(100).optional(),
  PAYPAY_SIMULATOR_PORT: port.default(8090),
  PAYPAY_SIMULATOR_TLS_PORT: port.default(8490),
  /** Points at a simulator that runs elsewhere; otherwise one is started beside the shop. */
  PAYPAY_SIMULATOR_URL: z.url().optional(),
  PAYPAY_ENVIRONMENT: z.enum(['simulator', 'sandbox', 'production']).default('simulator'),
  PAYPAY_API_KEY: z.string().optional(),
  PAYPAY_API_SECRET: z.string().optional(),
  PAYPAY_MERCHANT_ID: z.string().optional(),
  PAYPAY_WEBHOOK_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{24,200}$/, '24 to 200 characters that stand in a path as they are')
    .optional(),
  PAYPAY_WEBHOOK_SIGNING_SECRETS: list.pipe(z.array(SigningSecret).min(1).max(4)).optional(),
  PAYPAY_WEBHOOK_RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(6_000),
  PAYPAY_WEBHOOK_ADDRESSES: list.default([]).pipe(z.array(AddressRange).max(1_000)),
  PAYMENT_WINDOW_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(15 * 60_000),
  ALERT_CHECK_EVERY_MS: z.coerce.number().int().min(100).max(10_000).default(5_000),
  ALERT_UNPAID_SUCCESS_AFTER_MS: threshold.default(30_000),
  ALERT_UNFUNDED_ORDER_AFTER_MS: threshold.default(30_000),
  ALERT_UNKNOWN_PAYMENT_AFTER_MS: threshold.default(15 * 60_000),
  ALERT_STUCK_REFUND_AFTER_MS: threshold.default(24 * 60 * 60_000),
  ALERT_REFUSED_CREDENTIALS_AFTER_MS: threshold.default(30_000),
  PAYPAY_CODE_LIFE_MS: z.coerce.number().int().min(1_000).optional(),
  TRUSTED_PROXIES: list
    .default([])
    .pipe(z.array(z.union([AddressRange, z.enum(['loopback', 'linklocal', 'uniquelocal'])])).max(1_000)),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).optional(),
  RATE_LIMIT_BUYING_PER_MINUTE: z.coerce.number().int().min(1).optional(),
  RATE_LIMIT_SIGN_IN_PER_MINUTE: z.coerce.number().int().min(1).optional(),
  RATE_LIMIT_STAFF_PER_MINUTE: z.coerce.number().int().min(1).optional(),
  SIGN_IN_FAILURES_BEFORE_WAITING: z.coerce.number().int().min(1).max(10_000).optional(),
  /** Exports of the audit log that one process makes at once; each holds some hundreds of events in memory. */
  AUDIT_EXPORTS_AT_ONCE: z.coerce.number().int().min(1).max(100).default(2),
  COMPATIBILITY_ROUTES: list.default([]).pipe(z.array(z.enum(['gozon', 'hw4']))),
  COMPATIBILITY_CURRENCY: z
    .string()
    .refine((code) => Intl.supportedValuesOf('currency').includes(code), 'must be an ISO 4217 currency')
    .default('USD'),
  SEED: flag.default(true),
  /** A JSON file of what the shop says about itself; whoever opens the API checks it at start. */
  SHOP_PROFILE: z.string().optional(),
})

export type Config = Readonly<z.infer<typeof Environment>> & { readonly publicUrl: string }

/** A bucket, and who we are to it. */
export interface S3Bucket {
  /** Scheme, host and port alone. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** A configuration that must not start; the message says which variable and why, and never its value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** Reads and checks the environment once, at start. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const known = Object.fromEntries(
    Object.keys(Environment.shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = Environment.safeParse(known)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigurationError(`The configuration is not valid:\n  ${problems.join('\n  ')}`)
  }
  const config: Config = {
    ...parsed.data,
    publicUrl: parsed.data.PUBLIC_URL ?? `http://127.0.0.1:${parsed.data.PORT}`,
  }
  refuseContradictions(config)
  return config
}

const refuseContradictions = (config: Config): void => {
  const paypay = [config.PAYPAY_API_KEY, config.PAYPAY_API_SECRET, config.PAYPAY_MERCHANT_ID]
  const given = paypay.filter((value) => value !== undefined).length
  if (given !== 0 && given !== 3)
    throw new ConfigurationError('PAYPAY_API_KEY, PAYPAY_API_SECRET and PAYPAY_MERCHANT_ID belong together')
  // Keys do not show which environment they are for, so it must be said.
  if (given === 3 && config.PAYPAY_ENVIRONMENT === 'simulator' && config.PAYPAY_SIMULATOR_URL === undefined)
    throw new ConfigurationError(
      'PayPay credentials are set: say which environment they are for in PAYPAY_ENVIRONMENT',
    )
  if (config.PAYPAY_ENVIRONMENT !== 'simulator' && given !== 3)
    throw new ConfigurationError(
      `PAYPAY_ENVIRONMENT=${config.PAYPAY_ENVIRONMENT} needs the three PayPay credentials`,
    )
  if (config.PAYPAY_ENVIRONMENT !== 'simulator' && config.PAYPAY_WEBHOOK_SECRET === undefined)
    throw new ConfigurationError('PAYPAY_WEBHOOK_SECRET is needed: real webhooks come to a secret path')
  if ((config.EVENTSTORE_USERNAME === undefined) !== (config.EVENTSTORE_PASSWORD === undefined))
    throw new ConfigurationError('EVENTSTORE_USERNAME and EVENTSTORE_PASSWORD belong together')
  refuseHalfABucket(config)
  if ((config.SMTP_URL === undefined) !== (config.MAIL_FROM === undefined))
    throw new ConfigurationError('SMTP_URL and MAIL_FROM belong together: a mail has a sender')
  refuseKafkaContradictions(config)
  const ofFirebase = firebaseContradiction(config)
  if (ofFirebase !== undefined) throw new ConfigurationError(ofFirebase)
  if (config.NODE_ENV !== 'production') return
  for (const unsafe of unsafeDefaultsInUse(config))
    if (!config.KESSAI_ALLOW.includes(unsafe))
      throw new ConfigurationError(
        `${unsafe} is not safe in production; configure the real engine, or add it to KESSAI_ALLOW`,
      )
  if (config.PAYPAY_WEBHOOK_SECRET === undefined)
    throw new ConfigurationError(
      'PAYPAY_WEBHOOK_SECRET is needed in production: the webhook has a secret path',
    )
}

const S3_VARIABLES = [
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
] as const

const refuseHalfABucket = (config: Config): void => {
  const missing = S3_VARIABLES.filter((name) => config[name] === undefined)
  if (missing.length === 0 || missing.length === S3_VARIABLES.length) return
  throw new ConfigurationError(
    `Pictures lie in a bucket where all of ${S3_VARIABLES.join(', ')} are set, and in a folder where none is; missing: ${missing.join(', ')}`,
  )
}

/** The bucket that pictures lie in; undefined where they lie in a folder. */
export const bucketOf = ({
  S3_ENDPOINT: endpoint,
  S3_BUCKET: bucket,
  S3_REGION: region,
  S3_ACCESS_KEY_ID: accessKeyId,
  S3_SECRET_ACCESS_KEY: secretAccessKey,
}: Config): S3Bucket | undefined =>
  endpoint === undefined ||
  bucket === undefined ||
  region === undefined ||
  accessKeyId === undefined ||
  secretAccessKey === undefined
    ? undefined
    : { endpoint, bucket, region, accessKeyId, secretAccessKey }

const refuseKafkaContradictions = (config: Config): void => {
  const sasl = [config.KAFKA_SASL_MECHANISM, config.KAFKA_SASL_USERNAME, config.KAFKA_SASL_PASSWORD]
  const given = sasl.filter((value) => value !== undefined).length
  if (given !== 0 && given !== 3)
    throw new ConfigurationError(
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD belong together',
    )
  if (config.NODE_ENV === 'production' && config.KAFKA_SASL_MECHANISM === 'plain' && !config.KAFKA_SSL)
    throw new ConfigurationError(
      'KAFKA_SASL_MECHANISM=plain sends the password as it is; in production it needs KAFKA_SSL=true',
    )
  // Consumers tell messages apart by type, but each topic's retention and readers are its own.
  const topics = [config.KAFKA_TOPIC_ORDERS, config.KAFKA_TOPIC_PAYMENTS, config.KAFKA_TOPIC_ALERTS]
  if (new Set(topics).size !== topics.length)
    throw new ConfigurationError('KAFKA_TOPIC_ORDERS, _PAYMENTS and _ALERTS must be three different topics')
}

/** Which of what is unsafe in production this configuration uses. */
export const unsafeDefaultsInUse = (config: Config): UnsafeDefault[] => [
  ...(config.FIREBASE_PROJECT_ID === undefined ? (['development-issuer'] as const) : []),
  ...(config.REDIS_URL === undefined ? (['local-sessions'] as const) : []),
  ...(config.PAYPAY_ENVIRONMENT === 'simulator' ? (['paypay-simulator'] as const) : []),
  ...(config.KESSAI_MASTER_KEY === undefined ? (['local-master-key'] as const) : []),
  ...(config.EVENTSTORE_URL === undefined ? (['embedded-eventstore'] as const) : []),
  ...(config.COMPATIBILITY_ROUTES.length > 0 ? (['compatibility-routes'] as const) : []),
  ...(config.S3_ENDPOINT?.startsWith('http:') === true ? (['s3-without-tls'] as const) : []),
  ...(config.SMTP_URL === undefined ? (['mailbox'] as const) : []),
  ...(config.REDIS_URL !== undefined && isInTheClear(config.REDIS_URL)
    ? (['redis-without-tls'] as const)
    : []),
]

/** A name may lead anywhere, so only addresses that stay on this machine or in a private network are let off TLS. */
const isInTheClear = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  const host = hostname.replaceAll(/^\[|\]$/g, '')
  const isNear =
    host === 'localhost' ||
    (isIP(host) !== 0 && /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cd])/.test(host))
  return protocol === 'redis:' && !isNear
}

const SECRET = /KEY|SECRET|PASSWORD/

/** The configuration for the log: secrets are shown as set or unset, connection strings without their credentials. */
export const printable = (config: Config): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      SECRET.test(name)
        ? value === undefined
          ? 'unset'
          : 'set'
        : typeof value === 'string'
          ? value.replace(/\/\/.*@/, '//***@')
          : value,
    ]),
  )
