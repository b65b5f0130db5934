import { beforeAll, describe, expect, it } from 'vitest'
import type { ListedProduct } from '../../products/document.ts'
import { productIndex } from '../product-index.ts'
import { cutting, type CutWays } from '../tokens.ts'
import {
  judged,
  judgedGoods,
  judgedQueries,
  LANGUAGES,
  relevanceOf,
  type Judged,
  type JudgedQuery,
  type Language,
  type Relevance,
} from './judged.ts'

/** A little below what is reached, so that a change for the worse fails and one of a single place does not. */
const LEAST: Readonly<Record<Language, Pick<Relevance, 'ndcgAt10' | 'recallAt10'>>> = {
  ja: { ndcgAt10: 0.96, recallAt10: 0.96 },
  en: { ndcgAt10: 0.9, recallAt10: 0.9 },
  zh: { ndcgAt10: 0.93, recallAt10: 0.95 },
  ru: { ndcgAt10: 0.95, recallAt10: 0.97 },
}

const isGoodEnough = ({ language, ndcgAt10, recallAt10 }: Relevance): boolean =>
  ndcgAt10 >= LEAST[language].ndcgAt10 && recallAt10 >= LEAST[language].recallAt10

describe('relevance on the judged queries', () => {
  let goods: readonly ListedProduct[] = []
  let queries: readonly JudgedQuery[] = []
  beforeAll(async () => {
    goods = await judgedGoods()
    queries = await judgedQueries()
  })

  const resultsWith = (ways: CutWays): readonly Judged[] => {
    const index = productIndex(cutting(ways))
    goods.forEach(index.put)
    return judged(index, queries)
  }
  const relevanceWith = (ways: CutWays): Map<Language, Relevance> =>
    new Map(relevanceOf(resultsWith(ways)).map((row) => [row.language, row]))

  it('has enough queries in every language, each asked once and judged on goods there are', () => {
    const known = new Set(goods.map(({ productId }) => productId))
    const judgedIds = queries.flatMap(({ grades }) => Object.keys(grades))
    expect(judgedIds.filter((id) => !known.has(id))).toStrictEqual([])
    expect(new Set(queries.map(({ language, q }) => `${language} ${q}`)).size).toBe(queries.length)
    expect(queries.length).toBeGreaterThanOrEqual(60)
    for (const language of LANGUAGES)
      expect(queries.filter((query) => query.language === language).length).toBeGreaterThanOrEqual(15)
  })

  it('is good enough in each language', () => {
    const results = resultsWith({ words: true, pairs: true })
    const relevance = relevanceOf(results)
    for (const { language, queries: asked, ndcgAt10, recallAt10 } of relevance)
      console.log(
        `${language}: nDCG@10 ${ndcgAt10.toFixed(3)}, recall@10 ${recallAt10.toFixed(3)}, ${asked} queries`,
      )
    const worst = results
      .filter(({ ndcgAt10 }) => ndcgAt10 < 0.8)
      .map(({ q, ndcgAt10, found }) => `${q}: ${ndcgAt10.toFixed(2)} by ${found.slice(0, 5).join(', ')}`)
    expect(
      relevance.filter((row) => !isGoodEnough(row)),
      worst.join('\n'),
    ).toStrictEqual([])
  })

  it('would not be where Japanese and Chinese were not cut at all', () => {
    const relevance = relevanceWith({ words: false, pairs: false })
    expect(
      [...relevance.values()].filter((row) => !isGoodEnough(row)).map(({ language }) => language),
    ).toStrictEqual(['ja', 'zh'])
  })

  it('would be worse with words alone, and with pairs alone where a word hides in another', () => {
    const both = relevanceWith({ words: true, pairs: true })
    const [words, pairs] = [
      relevanceWith({ words: true, pairs: false }),
      relevanceWith({ words: false, pairs: true }),
    ]
    for (const [way, relevance] of Object.entries({ both, words, pairs }))
      console.log(
        `${way}: ${[...relevance.values()].map((row) => `${row.language} ${row.ndcgAt10.toFixed(3)}`).join(', ')}`,
      )
    for (const language of ['ja', 'zh'] as const)
      expect(words.get(language)?.ndcgAt10).toBeLessThan(both.get(language)?.ndcgAt10 ?? 0)
    expect(pairs.get('ja')?.ndcgAt10).toBeLessThan(both.get('ja')?.ndcgAt10 ?? 0)
    expect(words.get('ru')).toStrictEqual(both.get('ru'))
  })
})
