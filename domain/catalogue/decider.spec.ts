import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, given, inWords } from '../given.ts'
import { expectAnyEventsFold, expectEventsSurviveTheLog, expectTwiceIsOnce } from '../laws.ts'
import { MAX_AMOUNT_MINOR, money } from '../money/money.ts'
import { productCodec } from './codec.ts'
import type { DescribeProduct, ListProduct, ProductCommand, ProductRefusal } from './commands.ts'
import { productDecider } from './decider.ts'
import type { ProductEvent } from './events.ts'
import {
  attach,
  attached,
  delist,
  delisted,
  described,
  describeProduct,
  list,
  listed,
  pictureOf,
  reprice,
  repriced,
  revise,
} from './samples.ts'

const product = (...events: readonly ProductEvent[]) => given(productDecider, ...events)

describe('every command in every state', () => {
  const unknown = 'no: unknown-product'
  const gone = 'no: product-delisted'
  const commands = [
    { ...list, price: money(1, 'JPY') },
    reprice(1),
    describeProduct,
    delist,
    attach('a'),
    revise(),
  ]
  it.each([
    ['none', [], ['ProductListed', unknown, unknown, unknown, unknown, 'ProductListed']],
    [
      'ACTIVE',
      [listed],
      [
        'no: already-listed',
        'ProductRepriced',
        'ProductDescribed',
        'ProductDelisted',
        'ProductImageAttached',
        'unchanged',
      ],
    ],
    [
      'DELISTED',
      [listed, delisted],
      ['ProductListed', gone, gone, 'unchanged', 'ProductImageAttached', 'ProductListed'],
    ],
  ])('in %s', (status, events, answers) => {
    const state = fold(productDecider, events)
    expect(state.status).toBe(status)
    expect(commands.map((command) => inWords(productDecider.decide(state, command)))).toStrictEqual(answers)
  })
})

describe('listing a product', () => {
  it('offers it, for the first time or again', () => {
    product().when(list).then(listed)
    product(listed, delisted).when(list).then(listed)
  })

  it('is unchanged while the same is on offer, whenever it is said', () => {
    product(listed).when(list).thenUnchanged()
    product(listed)
      .when({ ...list, listedAtMs: 1 })
      .thenUnchanged()
    product(listed, delisted, listed).when(list).thenUnchanged()
  })

  const { en: _en, ...titleWithoutEnglish } = list.title
  const changes: Record<string, Partial<ListProduct>> = {
    category: { category: 'tea' },
    'Japanese title': { title: { ...list.title, ja: '急須' } },
    'English title': { title: { ...list.title, en: 'Teapot' } },
    'Chinese title': { title: { ...list.title, zh: '茶壶' } },
    'missing title': { title: titleWithoutEnglish },
    description: { description: { ...list.description, ja: '急須。' } },
    price: { price: money(12_801, 'JPY') },
    currency: { price: money(12_800, 'USD') },
    'tax rate': { taxRatePercent: 8 },
  }
  it.each(Object.entries(changes))('refuses another %s for what is on offer', (_, change) => {
    product(listed)
      .when({ ...list, ...change })
      .thenRefused('already-listed')
    product(listed, delisted)
      .when({ ...list, ...change })
      .then({ type: 'ProductListed', data: { ...listed.data, ...change } })
  })
})

describe('changing what is on offer', () => {
  it('reprices it, unless it costs that already', () => {
    product(listed).when(reprice(9_800)).then(repriced(9_800))
    product(listed, repriced(9_800)).when(reprice(9_800)).thenUnchanged()
    product(listed, repriced(9_800)).when(reprice(12_800)).then(repriced(12_800))
    product(listed, repriced(9_800))
      .when({ ...list, price: money(9_800, 'JPY') })
      .thenUnchanged()
  })

  it('describes it anew, unless it reads so already', () => {
    product(listed).when(describeProduct).then(described)
    product(listed, described).when(describeProduct).thenUnchanged()
    product(listed, described).when(list).thenRefused('already-listed')
    const { category, title, description } = describeProduct
    product(listed, described)
      .when({ ...list, category, title, description })
      .thenUnchanged()
  })

  it('forgets the old price and words when it is listed again', () => {
    product(listed, repriced(9_800), described, delisted, listed).when(list).thenUnchanged()
  })

  it('ends with its delisting', () => {
    product(listed).when(delist).then(delisted)
    product(listed, delisted).when(delist).thenUnchanged()
  })
})

describe('attaching a picture', () => {
  it('shows the product by it, unless it is shown by it already', () => {
    product(listed).when(attach('a')).then(attached('a'))
    product(listed, attached('a')).when(attach('a')).thenUnchanged()
    product(listed, attached('a')).when(attach('b')).then(attached('b'))
    product(listed, attached('a'), attached('b')).when(attach('a')).then(attached('a'))
  })

  it('outlives a delisting, and may happen in one', () => {
    product(listed, attached('a'), delisted, listed).when(attach('a')).thenUnchanged()
    product(listed, delisted, attached('b'), listed).when(attach('b')).thenUnchanged()
  })
})

describe('prices', () => {
  it('go from the smallest unit to what a payment can carry', () => {
    for (const amountMinor of [1, MAX_AMOUNT_MINOR]) {
      product(listed).when(reprice(amountMinor)).then(repriced(amountMinor))
      expect(
        productDecider.decide({ status: 'none' }, { ...list, price: money(amountMinor, 'JPY') }).kind,
      ).toBe('accepted')
    }
    for (const amountMinor of [0, MAX_AMOUNT_MINOR + 1]) {
      product(listed).when(reprice(amountMinor)).thenRefused('price-out-of-range')
      product()
        .when({ ...list, price: money(amountMinor, 'JPY') })
        .thenRefused('price-out-of-range')
    }
  })
})

describe('refusals of a product, in their documented precedence', () => {
  const free = money(0, 'JPY')
  /** Every price is out of range: that refusal comes last. */
  const table: Record<ProductRefusal, readonly [readonly ProductEvent[], ProductCommand]> = {
    'unknown-product': [[], reprice(0)],
    'already-listed': [[listed], { ...list, price: free }],
    'product-delisted': [[listed, delisted], reprice(0)],
    'price-out-of-range': [[listed, delisted], { ...list, price: free }],
  }

  it.each(Object.entries(table))('%s', (refusal, [events, command]) => {
    expect(productDecider.decide(fold(productDecider, events), command)).toStrictEqual({
      kind: 'refused',
      refusal,
    })
  })
})

describe('a product, whatever happens to it', () => {
  const otherWords: DescribeProduct = { ...describeProduct, title: { ja: '急須' } }
  const command = fc.constantFrom<ProductCommand[]>(
    list,
    { ...list, price: money(0, 'JPY') },
    { ...list, taxRatePercent: 8 },
    reprice(0),
    reprice(9_800),
    reprice(12_800),
    describeProduct,
    otherWords,
    delist,
    attach('a'),
    attach('b'),
    revise(),
    revise({ isOnSale: false }),
    revise({ price: money(0, 'JPY') }),
    revise({ price: money(9_800, 'JPY'), category: 'tea', taxRatePercent: 8, picture: pictureOf('b') }),
    revise({ title: { ja: '急須', zh: '茶壶' }, isOnSale: false, picture: pictureOf('c') }),
  )

  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(productDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(productDecider, productCodec, command)
  })

  it('folds any events', () => {
    expectAnyEventsFold(productDecider, [listed, repriced(1), described, delisted, attached('a')])
  })

  it('knows nothing of an offer that does not exist', () => {
    expect(fold(productDecider, [repriced(1), described, delisted, attached('a')])).toStrictEqual({
      status: 'none',
    })
    expect(fold(productDecider, [listed, delisted, repriced(1), described])).toStrictEqual(
      fold(productDecider, [listed, delisted]),
    )
  })
})
