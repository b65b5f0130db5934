import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'
import { processBench, type BenchOptions, type ProcessBench } from '../testing.ts'

const openShop = async (options: BenchOptions = {}) => {
  const bench = await processBench(options)
  await bench.receive('cup', 10)
  bench.start()
  return bench
}

/** The code is made, and the answer that says so never arrives. */
const loseCreateAnswer = (bench: ProcessBench, kind: string) =>
  bench.simulate('faults', { method: 'POST', path: '/v2/codes', phase: 'after', kind })

const isMade = (bench: ProcessBench, merchantPaymentId: string) =>
  bench.until('the code is made', () => bench.atProvider(merchantPaymentId).catch(() => undefined))

const isShown = (bench: ProcessBench, orderId: OrderId, attempt: number) =>
  bench.until(`attempt ${attempt} is shown`, async () => {
    const state = await bench.order(orderId)
    return state.status === 'WAITING_PAYMENT' && state.shown.attempt === attempt
  })

/** Notes in which order codes were asked for and poisoned, and what came of it. */
const noting = (notes: string[]) => (provider: PaymentProvider) => ({
  ...provider,
  createCode: async (request: Parameters<PaymentProvider['createCode']>[0]) => {
    const created = await provider.createCode(request)
    notes.push(`create ${request.merchantPaymentId.slice(-2)}: ${created.kind}`)
    return created
  },
  cancelPayment: async (id: string) => {
    const cancelled = await provider.cancelPayment(id)
    notes.push(`cancel ${id.slice(-2)}: ${cancelled.kind}`)
    return cancelled
  },
})

describe.concurrent('failure mode 3: the answer to a create is lost', () => {
  it.each(['reset', 'hang', 'cut-body', 'html503', '500-unknown'])(
    'the code nobody saw is poisoned before another is made, and who pays it has the money back (%s)',
    async (kind) => {
      const notes: string[] = []
      await using bench = await openShop({ between: noting(notes) })
      await loseCreateAnswer(bench, kind)
      const orderId = await bench.place(['cup'])
      const [orphan, second] = [merchantPaymentIdOf(orderId, 1), merchantPaymentIdOf(orderId, 2)]
      if (kind === 'hang') {
        await isMade(bench, orphan)
        bench.timeOutCalls()
      }
      await isShown(bench, orderId, 2)
      expect(notes).toStrictEqual([
        'create a1: unknown',
        'create a1: refused',
        'cancel a1: ok',
        'create a2: ok',
      ])
      expect(await bench.typesOf(`payment-${orphan}`)).toStrictEqual([
        'PaymentRequested',
        'PaymentObserved',
        'PaymentOrphaned',
        'PaymentCancelAnswered',
      ])

      await bench.pay(orderId, 1)
      expect((await bench.atProvider(orphan)).status).toBe('FAILED')
      expect(await bench.confirmations.ask(orphan, 'webhook')).toBe('failed')
      expect((await bench.order(orderId)).status).toBe('WAITING_PAYMENT')

      await bench.pay(orderId, 2)
      await bench.confirmations.ask(second, 'return')
      expect(await bench.orderIs(orderId, 'PAID')).toMatchObject({ recorded: [second] })
      expect((await bench.providerBooks()).totals).toMatchObject({ capturedMinor: 1_000, refundedMinor: 0 })
    },
  )

  it('an orphan that somebody paid at once is the payment, and no other code is made', async () => {
    let bench: ProcessBench | undefined
    await using shop = await openShop({
      between: (provider) => ({
        ...provider,
        createCode: async (request) => {
          const created = await provider.createCode(request)
          if (created.kind === 'unknown')
            await bench?.simulate('pay', { merchantPaymentId: request.merchantPaymentId, dropHook: true })
          return created
        },
      }),
    })
    bench = shop
    await loseCreateAnswer(shop, 'reset')
    const orderId = await shop.place(['cup'])
    expect(await shop.orderIs(orderId, 'PAID')).toMatchObject({ recorded: [merchantPaymentIdOf(orderId, 1)] })
    expect(await shop.typesOf(`payment-${merchantPaymentIdOf(orderId, 2)}`)).toStrictEqual([])
    expect((await shop.providerBooks()).totals).toMatchObject({ capturedMinor: 1_000, refundedMinor: 0 })
  })

  it('one that was paid, and never answered for until the window is over, is the payment', async () => {
    let bench: ProcessBench | undefined
    await using shop = await openShop({
      between: (provider) => ({
        ...provider,
        createCode: async (request) => {
          const created = await provider.createCode(request)
          if (created.kind === 'ok')
            await bench?.simulate('pay', { merchantPaymentId: request.merchantPaymentId, dropHook: true })
          return { kind: 'unknown', reason: 'timed-out' }
        },
      }),
    })
    bench = shop
    const orderId = await shop.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await isMade(shop, id)
    await shop.until('it is paid', async () => (await shop.atProvider(id)).status === 'COMPLETED')
    await shop.leapPastWindow(orderId)
    expect(await shop.orderIs(orderId, 'PAID')).toMatchObject({ recorded: [id] })
    expect((await shop.providerBooks()).totals).toMatchObject({ capturedMinor: 1_000, refundedMinor: 0 })
  })

  it('no other code is made while the provider does not take the cancel', async () => {
    const notes: string[] = []
    await using bench = await openShop({ between: noting(notes) })
    await loseCreateAnswer(bench, 'reset')
    await bench.simulate('faults', { method: 'DELETE', path: '/v2/payments/', kind: 'html503', times: 6 })
    const orderId = await bench.place(['cup'])
    await isShown(bench, orderId, 2)
    expect(notes.slice(0, 3)).toStrictEqual([
      'create a1: unknown',
      'create a1: refused',
      'cancel a1: unknown',
    ])
    expect(notes.slice(-2)).toStrictEqual(['cancel a1: ok', 'create a2: ok'])
    expect(notes.filter((note) => note.startsWith('create a2'))).toHaveLength(1)
  })

  it('a shop that died before the answer came finds the attempt again, and poisons it', async () => {
    const notes: string[] = []
    await using bench = await openShop({ between: noting(notes) })
    await loseCreateAnswer(bench, 'hang')
    const orderId = await bench.place(['cup'])
    const orphan = merchantPaymentIdOf(orderId, 1)
    await isMade(bench, orphan)
    const halted = bench.halt()
    bench.timeOutCalls()
    await halted
    bench.start()
    await isShown(bench, orderId, 2)
    expect(notes.slice(-2)).toStrictEqual(['cancel a1: ok', 'create a2: ok'])
    await bench.pay(orderId, 1)
    expect((await bench.atProvider(orphan)).status).toBe('FAILED')
  })
})
