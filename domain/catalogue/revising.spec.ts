import { describe, expect, it } from 'vitest'
import { fold, given } from '../given.ts'
import { money } from '../money/money.ts'
import { OTHER_GOODS, STANDARD_TAX_RATE_PERCENT } from './commands.ts'
import { productDecider } from './decider.ts'
import type { ProductEvent } from './events.ts'
import { attached, delisted, listed, pictureOf, repriced, revise } from './samples.ts'

const product = (...events: readonly ProductEvent[]) => given(productDecider, ...events)
const unsaid = {
  ...listed.data,
  category: OTHER_GOODS,
  taxRatePercent: STANDARD_TAX_RATE_PERCENT,
  title: { ja: '鉄瓶' },
  description: { ja: '南部鉄器の鉄瓶。' },
}
const asUnsaid: ProductEvent = { type: 'ProductListed', data: unsaid }

describe('a product that a list names for the first time', () => {
  it('goes on sale, with what the list leaves out made up for', () => {
    product().when(revise()).then(asUnsaid)
  })

  it('is kept without ever being for sale when the list says so', () => {
    product()
      .when(revise({ isOnSale: false }))
      .then(asUnsaid, delisted)
  })

  it('is shown by its picture', () => {
    product()
      .when(revise({ picture: pictureOf('a'), category: 'tea', taxRatePercent: 8 }))
      .then({ type: 'ProductListed', data: { ...unsaid, category: 'tea', taxRatePercent: 8 } }, attached('a'))
  })
})

describe('a product on sale that a list names again', () => {
  it('is unchanged when the list says nothing new', () => {
    product(listed).when(revise()).thenUnchanged()
    product(listed, attached('a'))
      .when(revise({ picture: pictureOf('a') }))
      .thenUnchanged()
  })

  it('takes the new price alone, or the new words alone', () => {
    product(listed)
      .when(revise({ price: money(9_800, 'JPY') }))
      .then(repriced(9_800))
    product(listed)
      .when(revise({ title: { ja: '鉄瓶 1.2L' }, description: { ja: '南部鉄器の鉄瓶。', zh: '南部铁壶。' } }))
      .then({
        type: 'ProductDescribed',
        data: {
          category: 'kitchen',
          title: { ja: '鉄瓶 1.2L' },
          description: { ja: '南部鉄器の鉄瓶。', en: 'A kettle of Nambu ironware.', zh: '南部铁壶。' },
          atMs: listed.data.listedAtMs,
        },
      })
  })

  it('loses the translations of a text that changed, and keeps those of one that did not', () => {
    const { offer } = onSale(listed, ...eventsOf([listed], revise({ title: { ja: '急須' } })))
    expect(offer.title).toStrictEqual({ ja: '急須' })
    expect(offer.description).toStrictEqual(listed.data.description)
  })

  it('keeps a category and a tax rate that the list does not give', () => {
    const food: ProductEvent = { type: 'ProductListed', data: { ...listed.data, taxRatePercent: 8 } }
    product(food).when(revise()).thenUnchanged()
    product(food, delisted).when(revise()).then(food)
  })

  it('is listed anew for another tax rate', () => {
    product(listed)
      .when(revise({ taxRatePercent: 8 }))
      .then(delisted, { type: 'ProductListed', data: { ...listed.data, taxRatePercent: 8 } })
  })

  it('goes off sale, with whatever else has changed', () => {
    product(listed)
      .when(revise({ isOnSale: false, price: money(9_800, 'JPY') }))
      .then(repriced(9_800), delisted)
  })
})

describe('a product off sale that a list names again', () => {
  it('is unchanged when nothing has changed', () => {
    product(listed, delisted)
      .when(revise({ isOnSale: false }))
      .thenUnchanged()
  })

  it('remembers what it will be when it is on sale again', () => {
    const cheaper: ProductEvent = {
      type: 'ProductListed',
      data: { ...listed.data, price: money(9_800, 'JPY') },
    }
    const change = revise({ isOnSale: false, price: money(9_800, 'JPY') })
    product(listed, delisted).when(change).then(cheaper, delisted)
    product(listed, delisted, cheaper, delisted).when(change).thenUnchanged()
  })

  it('takes a picture without being offered', () => {
    product(listed, delisted)
      .when(revise({ isOnSale: false, picture: pictureOf('b') }))
      .then(attached('b'))
  })
})

it('a list cannot give anything away, nor ask for more than can be paid', () => {
  product(listed)
    .when(revise({ price: money(0, 'JPY') }))
    .thenRefused('price-out-of-range')
})

const eventsOf = (before: readonly ProductEvent[], command: ReturnType<typeof revise>) => {
  const decision = productDecider.decide(fold(productDecider, before), command)
  return decision.kind === 'accepted' ? decision.events : []
}
const onSale = (...events: readonly ProductEvent[]) => {
  const state = fold(productDecider, events)
  if (state.status !== 'ACTIVE') throw new Error('not on sale')
  return state
}
