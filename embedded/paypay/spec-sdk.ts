import https from 'node:https'
import tls from 'node:tls'
import paypay from '@paypayopa/paypayopa-sdk-node'
import { z } from 'zod'
import { type Knobs, defaultKnobs } from './knobs.ts'
import { type Rig, startRig } from './spec-rig.ts'

/** PayPay's own SDK, unmodified and over TLS, as the outside witness that the simulator is faithful. */

/** Settings of a test's own making; all other knobs stand for something PayPay leaves open. */
type Convenience = 'codeLifeMs' | 'codeLifeJitterMs' | 'authClock' | 'refundThrottleMs' | 'retentionMs'

/** Each open question answered the other way. A new knob does not compile before it is answered here. */
const otherReading = {
  duplicateCreate: 'replay',
  malformedCreate: 'DYNAMIC_QR_BAD_REQUEST',
  deleteData: 'null',
  paidDelete: 'DYNAMIC_QR_NOT_FOUND',
  notFoundStatus: 400,
  lapsedAnswers: 'not-found',
  unknownCancel: 'not-found',
  cancelSettleMs: 5_000,
  multipleRefunds: false,
  multipleRefundRefusal: 'MERCHANT_MULTIPLE_REFUND_REJECTED',
  refundSettleMs: 0,
  refundHttpStatus: 201,
  partialRefundAnswers: 'COMPLETED',
  refundShows: 'when-settled',
  reconFailures: 'absent',
  repeatedNonce: 'reject',
  webhookSuccess: '2xx',
} as const satisfies Omit<Knobs, Convenience>

/** The two ways to read PayPay's documents, for `describe.each`. */
export const readings: readonly (readonly [name: string, knobs: Knobs])[] = [
  ['as integrators report it', { ...defaultKnobs, refundThrottleMs: 0 }],
  ['in the other reading', { ...defaultKnobs, ...otherReading, refundThrottleMs: 0 }],
]

const answerSchema = z.object({
  STATUS: z.number().optional(),
  ERROR: z.string().optional(),
  BODY: z
    .object({
      resultInfo: z.object({ code: z.string(), codeId: z.string() }),
      data: z.record(z.string(), z.unknown()).nullable(),
    })
    .optional(),
})

interface SdkAnswer {
  status: number | undefined
  code: string | undefined
  data: Record<string, unknown>
  /** Set when no answer was had. */
  error: string | undefined
}

export interface SdkRig extends Rig {
  sdk: {
    create(merchantPaymentId: string, more?: object): Promise<SdkAnswer>
    details(merchantPaymentId: string): Promise<SdkAnswer>
    deleteCode(codeId: string): Promise<SdkAnswer>
    cancel(merchantPaymentId: string): Promise<SdkAnswer>
    refund(merchantRefundId: string, paymentId: string, amount: number): Promise<SdkAnswer>
    refundDetails(merchantRefundId: string, paymentId: string): Promise<SdkAnswer>
    useSecret(secret: string): void
  }
  /** The buyer pays; answers the paymentId. */
  pay(merchantPaymentId: string): Promise<string>
  /** The states announced by webhook since the last reset, once none is on its way. */
  announced(): Promise<unknown[]>
  /** Forgets everything and takes this reading. */
  begin(knobs: Knobs): Promise<void>
}

/** Amount of every code this SDK creates, in yen. */
export const SDK_AMOUNT = 1_200

export async function startSdkRig(): Promise<SdkRig> {
  const rig = await startRig({ seed: 11 })
  const trustedBefore = https.globalAgent.options.ca
  https.globalAgent.options.ca = [rig.simulator.caPem, ...tls.rootCertificates]
  const client = new paypay.PayPayRestSDK()
  const { apiKey, apiSecret, merchantId } = rig.simulator.credentials
  const useSecret = (clientSecret: string) => {
    const conf = new paypay.Conf({ hostName: 'localhost', portNumber: rig.simulator.tlsPort })
    client.configure({ clientId: apiKey, clientSecret, merchantId, conf })
  }
  useSecret(apiSecret)

  const said = async (call: Promise<unknown>): Promise<SdkAnswer> => {
    const { STATUS: status, ERROR: error, BODY: body } = answerSchema.parse(await call)
    return { status, error, code: body?.resultInfo.code, data: body?.data ?? {} }
  }
  const yen = (amount: number) => ({ amount, currency: 'JPY' })

  return {
    ...rig,
    sdk: {
      create: (merchantPaymentId, more = {}) =>
        said(
          client.qrCodeCreate({
            merchantPaymentId,
            amount: yen(SDK_AMOUNT),
            codeType: 'ORDER_QR',
            orderDescription: 'ほうじ茶 3点',
            isAuthorization: false,
            redirectUrl: 'https://shop.example/return',
            redirectType: 'WEB_LINK',
            ...more,
          }),
        ),
      details: (id) => said(client.getCodePaymentDetails([id])),
      deleteCode: (codeId) => said(client.qrCodeDelete([codeId])),
      cancel: (id) => said(client.paymentCancel([id])),
      refund: (merchantRefundId, paymentId, amount) =>
        said(client.paymentRefund({ merchantRefundId, paymentId, amount: yen(amount), reason: '返品' })),
      // The SDK pastes parameters unescaped and strips the query before signing, which lets the missing paymentId in.
      refundDetails: (merchantRefundId, paymentId) =>
        said(client.getRefundDetails([`${merchantRefundId}?paymentId=${paymentId}`])),
      useSecret,
    },
    pay: async (id) => String((await rig.sim('pay', { merchantPaymentId: id }))['paymentId']),
    announced: async () => (await rig.settledWebhooks()).map(({ json }) => json['state']),
    begin: async (knobs) => {
      await rig.settledWebhooks()
      await rig.sim('reset')
      await rig.sim('knobs', knobs)
      rig.receiver.received.splice(0)
    },
    stop: async () => {
      if (trustedBefore === undefined) delete https.globalAgent.options.ca
      else https.globalAgent.options.ca = trustedBefore
      https.globalAgent.destroy()
      await rig.stop()
    },
  }
}
