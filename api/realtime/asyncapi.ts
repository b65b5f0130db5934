import { jsonSchemaOf, type AsyncApiPart } from '#relay/asyncapi.ts'
import { OrderMessage, PingQuestion, Question } from './messages.ts'
import { ChannelWord, News } from './news.ts'

const CHANNEL = 'order-socket'
const MINE = 'my-socket'
const message = (name: string, channel = CHANNEL) => ({ $ref: `#/channels/${channel}/messages/${name}` })

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
    [MINE]: {
      address: '/ws/me',
      description:
        'What happens to my orders, on whatever page I am. Needs the session’s cookie: 401 without. Begins with READY and with what happened in the last ten minutes, which another tab may have shown. Closes with 1008 within 20 seconds of the end of the session; with 1001 or 1013, come back.',
      servers: [{ $ref: '#/servers/shop' }],
      messages: {
        News: { $ref: '#/components/messages/News' },
        ChannelWord: { $ref: '#/components/messages/ChannelWord' },
        MyQuestion: { $ref: '#/components/messages/MyQuestion' },
      },
      bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
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
    'tell-news': {
      action: 'send',
      summary: 'What happened to one of my orders.',
      channel: { $ref: `#/channels/${MINE}` },
      messages: [message('News', MINE), message('ChannelWord', MINE)],
    },
    'answer-pings': {
      action: 'receive',
      summary: 'Whether anybody is there.',
      channel: { $ref: `#/channels/${MINE}` },
      messages: [message('MyQuestion', MINE)],
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
    News: {
      name: 'News',
      title: 'News',
      summary: News.description ?? '',
      contentType: 'application/json',
      payload: jsonSchemaOf(News),
    },
    ChannelWord: {
      name: 'ChannelWord',
      title: 'ChannelWord',
      summary: ChannelWord.description ?? '',
      contentType: 'application/json',
      payload: jsonSchemaOf(ChannelWord),
    },
    MyQuestion: {
      name: 'MyQuestion',
      title: 'MyQuestion',
      summary: PingQuestion.description ?? '',
      contentType: 'application/json',
      payload: jsonSchemaOf(PingQuestion),
    },
  },
})
