import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { KafkaMessage } from '#platform/kafka/port.ts'
import type { Said } from './publication.ts'

export const CONTENT_TYPE = 'application/json; charset=utf-8'
/** As wide as the largest position, so that sequences compare as text. */
const SEQUENCE_DIGITS = 16

/**
 * A CloudEvent 1.0 in Kafka's binary mode: its attributes are headers with the prefix `ce_`, its data is the value
 * (CloudEvents, Kafka protocol binding §3.2). The id is that of the event in the log, so a message that is sent again
 * has the same. `sequence`, `correlationid`, `causationid` and `traceparent` are the extensions of those names.
 */
export const cloudEvent = (
  { id, position, createdAtMs, metadata }: RecordedEvent,
  { type, key, subject, body }: Said,
  { topic, source }: { readonly topic: string; readonly source: string },
): KafkaMessage => ({
  topic,
  key,
  headers: {
    'content-type': CONTENT_TYPE,
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: source,
    ce_type: type,
    ce_subject: subject,
    ce_time: new Date(createdAtMs).toISOString(),
    ce_sequence: String(position).padStart(SEQUENCE_DIGITS, '0'),
    ...(metadata.correlationId === '' ? {} : { ce_correlationid: metadata.correlationId }),
    ...(metadata.causationId === '' ? {} : { ce_causationid: metadata.causationId }),
    // Twice: by the extension's name, and by the one that tracing libraries look for.
    ...(metadata.traceparent === undefined
      ? {}
      : { ce_traceparent: metadata.traceparent, traceparent: metadata.traceparent }),
  },
  value: JSON.stringify(body),
})
