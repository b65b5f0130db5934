/** How good the found order is, by people's judgements: 3 is what was wanted, 2 would do, 1 has to do with it. */
export type Grades = Readonly<Record<string, number>>

const TOP = 10

/** Gain 2^grade − 1, discounted by the logarithm of the place (Järvelin & Kekäläinen 2002). */
const gainOf = (grades: readonly number[]): number =>
  grades.slice(0, TOP).reduce((sum, grade, place) => sum + (2 ** grade - 1) / Math.log2(place + 2), 0)

/** nDCG@10: 1 where nothing could stand better. */
export const gainAt10 = (found: readonly string[], grades: Grades): number =>
  gainOf(found.map((id) => grades[id] ?? 0)) / gainOf(Object.values(grades).toSorted((a, b) => b - a))

/** Recall@10: the share of what would do, grade 2 and up, among the first ten; of everything judged where nothing would. */
export const recallAt10 = (found: readonly string[], grades: Grades): number => {
  const judged = Object.entries(grades)
  const good = judged.filter(([, grade]) => grade > 1)
  const wanted = (good.length > 0 ? good : judged).map(([id]) => id)
  const first = new Set(found.slice(0, TOP))
  return wanted.filter((id) => first.has(id)).length / wanted.length
}
