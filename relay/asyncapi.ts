import { z } from 'zod'
import { CONTENT_TYPE } from './cloud-event.ts'
import type { Topic } from './publication.ts'
import { PUBLICATIONS } from './publications.ts'

/** A part of an AsyncAPI 3 document. */
export interface AsyncApiPart {
  readonly channels: Readonly<Record<string, object>>
  readonly operations: Readonly<Record<string, object>>
  readonly messages: Readonly<Record<string, object>>
}

/** A zod schema as JSON Schema draft 7, which AsyncAPI reads; readers are to pass over fields they do not know. */
export const jsonSchemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  return json
}

const ABOUT: Readonly<Record<Topic, string>> = {
  orders: 'Every change of an order’s status, from PENDING on.',
  payments: 'What the provider settled about attempts to pay.',
  alerts: 'Orders and payments that disagree, and what else a person must know of.',
}

/** CloudEvents 1.0, Kafka protocol binding §3.2: attributes as headers. */
const Attributes = z
  .object({
    'content-type': z.literal(CONTENT_TYPE),
    ce_specversion: z.literal('1.0'),
    ce_id: z.uuid().describe('The same whenever the message is sent again: pass over ids that were handled.'),
    ce_source: z.string().describe('The address of the shop.'),
    ce_type: z.string().describe('The name of the message.'),
    ce_subject: z.string().describe('The order, attempt or alert it is about.'),
    ce_time: z.iso.datetime().describe('When the log recorded it.'),
    ce_sequence: z
      .string()
      .regex(/^\d{16}$/)
      .describe(
        'Rises with the log; compares as text. Of one key, what is not above the last one is a repeat.',
      ),
    ce_correlationid: z.string().optional().describe('The order, or what else the case is.'),
    ce_causationid: z.string().optional().describe('The event or request that led to it.'),
    ce_traceparent: z.string().optional().describe('W3C trace context, also as `traceparent`.'),
    traceparent: z.string().optional(),
  })
  .describe('CloudEvents 1.0 in binary mode')

/** The topics and their messages, from the schemas that the code sends by. */
export const topicsPart = (names: Readonly<Record<Topic, string>>, partitions: number): AsyncApiPart => {
  const headers = jsonSchemaOf(Attributes)
  const channels: Record<string, object> = {}
  const operations: Record<string, object> = {}
  const messages: Record<string, object> = {}
  for (const { topic, bodies } of PUBLICATIONS) {
    const types = Object.keys(bodies)
    channels[topic] = {
      address: names[topic],
      description: ABOUT[topic],
      servers: [{ $ref: '#/servers/kafka' }],
      messages: Object.fromEntries(types.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
      bindings: { kafka: { partitions, bindingVersion: '0.5.0' } },
    }
    operations[`publish-${topic}`] = {
      action: 'send',
      summary: ABOUT[topic],
      channel: { $ref: `#/channels/${topic}` },
      messages: types.map((type) => ({ $ref: `#/channels/${topic}/messages/${type}` })),
    }
    for (const [type, body] of Object.entries(bodies))
      messages[type] = {
        name: type,
        title: type,
        summary: body.description ?? type,
        contentType: 'application/json',
        headers,
        payload: jsonSchemaOf(body),
        bindings: {
          kafka: {
            key: { type: 'string', description: 'The order’s id; the alert’s where it concerns no order.' },
            bindingVersion: '0.5.0',
          },
        },
      }
  }
  return { channels, operations, messages }
}
