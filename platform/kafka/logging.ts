import { logLevel, type LogEntry } from 'kafkajs'
import type { Logger } from 'pino'

/** A notice of every producer whose retries are bounded, which all of ours are, since the relay sends again itself. */
const NOTICES = /Limiting retries for the idempotent producer/

/**
 * What the client says, as lines of our own log: its errors are warnings there, because it tries again, and whoever uses
 * it says when that does not help. Nothing of a message or a credential is among the fields that are taken over.
 */
export const kafkaLog =
  (logger: Pick<Logger, 'warn' | 'debug'>) =>
  (): ((entry: LogEntry) => void) =>
  ({ level, namespace, log }) => {
    const { message, broker, error } = log
    if (NOTICES.test(message)) return
    const detail = { kafka: namespace, ...textual({ broker, reason: error }) }
    if (level === logLevel.ERROR || level === logLevel.WARN) logger.warn(detail, `Kafka: ${message}`)
    else logger.debug(detail, `Kafka: ${message}`)
  }

const textual = (fields: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value.slice(0, 300)]] : [],
    ),
  )
