import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino'

/**
 * One JSON line per fact, on standard output. What could hold a secret or a person is removed by name, as the last
 * line of defence: the first is never to log requests, bodies or addresses at all.
 */
export const createLogger = (level: string, destination?: DestinationStream): Logger => {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: stdSerializers.err, error: stdSerializers.err },
    redact: { paths: SECRET_PATHS, remove: true },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

const SECRETS = [
  'authorization',
  'cookie',
  'idToken',
  'token',
  'secret',
  'password',
  'email',
  'contact',
  'delivery',
  'profile',
  'phone',
  'kana',
  'birthDate',
  'rawBody',
  'remoteAddress',
  'headers',
]
const SECRET_PATHS = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
