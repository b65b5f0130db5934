import { jsonSchemaOf, type AsyncApiPart } from '#relay/asyncapi.ts'
import { OrderMessage, Question } from './messages.ts'

const CHANNEL = 'order-socket'
const message = (name: string) => ({ $ref: `#/channels/${CHANNEL}/messages/${name}` })

/** The sockets and their messages, from the schemas that the code answers by. */
export const socketsPart = (): AsyncApiPart => ({
  channels: {
    [CHANNEL]: {
      address: '/ws/orders',
      description:
        'One order, followed. Closes with 1008 for a bad token and 4404 for an unknown order; with 1001 or 1013, come back.',
      servers: [{ $ref: '#/servers/shop' }],
      messages: {
        OrderMessage: { $ref: '#/components/messages/OrderMessage' },
        OrderQuestion: { $ref: '#/components/messages/OrderQuestion' },
      },
      bindings: {
        ws: {
          method: 'GET',
          query: {
            type: 'object',
            required: ['orderId', 'token'],
            properties: {
              orderId: { type: 'string', format: 'uuid' },
              token: { type: 'string', description: 'The `channelToken` of the order’s latest reply.' },
            },
          },
          bindingVersion: '0.1.0',
        },
      },
    },
  },
  operations: {
    'tell-of-order': {
      action: 'send',
      summary: 'How the order is.',
      channel: { $ref: `#/channels/${CHANNEL}` },
      messages: [message('OrderMessage')],
    },
    'answer-questions': {
      action: 'receive',
      summary: 'What a client may ask.',
      channel: { $ref: `#/channels/${CHANNEL}` },
      messages: [message('OrderQuestion')],
    },
  },
  messages: {
    OrderMessage: {
      name: 'OrderMessage',
      title: 'OrderMessage',
      summary: OrderMessage.description ?? '',
      contentType: 'application/json',
      payload: jsonSchemaOf(OrderMessage),
    },
    OrderQuestion: {
      name: 'OrderQuestion',
      title: 'OrderQuestion',
      summary: Question.description ?? '',
      contentType: 'application/json',
      payload: jsonSchemaOf(Question),
    },
  },
})
