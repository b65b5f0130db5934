import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import type { ExpectedRevision, ProposedEvent } from './facts.ts'
import { openLog } from './log.ts'
import type { WriteOutcome } from './writer.ts'

const idOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const eventOf = (n: number): ProposedEvent => ({
  id: idOf(n),
  type: `T${n}`,
  contentType: 'application/json',
  data: Buffer.from('{}'),
  customMetadata: new Uint8Array(),
})

type Step = { stream: string; expected: ExpectedRevision; ids: number[] }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    stream: fc.constantFrom('one', 'two'),
    // `any` is left out: it recognises repeats by a bounded memory, which is no rule to hold it to.
    expected: fc.oneof(fc.constantFrom('no-stream' as const, 'stream-exists' as const), fc.nat({ max: 5 })),
    ids: fc.uniqueArray(fc.nat({ max: 6 }), { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 25 },
)

/** The rules in the plainest form: a stream is an array, an append goes ahead, repeats itself, or is wrong. */
const modelStep = (streams: Map<string, number[]>, { stream, expected, ids }: Step): string => {
  const events = streams.get(stream) ?? []
  if (expected === 'stream-exists') {
    if (events.length === 0) return 'wrong'
    const [first, ...rest] = ids.map((id) => events.indexOf(id))
    if (first !== undefined && first >= 0) {
      return rest.includes(-1) ? 'wrong' : `at ${rest.at(-1) ?? first}`
    }
  } else {
    const after = typeof expected === 'number' ? expected + 1 : 0
    if (after > events.length) return 'wrong'
    if (after < events.length) {
      const isRepeat = ids.every((id, index) => events[after + index] === id)
      return isRepeat ? `at ${after + ids.length - 1}` : 'wrong'
    }
  }
  streams.set(stream, [...events, ...ids])
  return `at ${events.length + ids.length - 1}`
}

const said = (outcome: WriteOutcome): string =>
  outcome.kind === 'written'
    ? `at ${outcome.revision}`
    : outcome.kind === 'wrong-expected-revision'
      ? 'wrong'
      : 'odd'

describe('the log', () => {
  it('answers any sequence of appends as the plain model does, committed one by one or as a group', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (sequence, asGroup) => {
        // An id may lie twice in one stream of the model only through distinct appends, which the memory of
        // `stream-exists` cannot tell apart; such sequences say nothing about the rules.
        const log = openLog(await openDatabase(':memory:'))
        const streams = new Map<string, number[]>()
        const expected: string[] = []
        const answers: Promise<string>[] = []
        for (const step of sequence) {
          const known = streams.get(step.stream) ?? []
          if (new Set(known).size < known.length && step.expected === 'stream-exists') continue
          expected.push(modelStep(streams, step))
          const answer = new Promise<string>((resolve) => {
            log.submit({
              request: {
                kind: 'append',
                stream: step.stream,
                expected: step.expected,
                events: step.ids.map(eventOf),
              },
              expiresAtMs: Number.POSITIVE_INFINITY,
              settle: (outcome) => resolve(said(outcome)),
            })
          })
          answers.push(answer)
          if (!asGroup) await answer
        }
        expect(await Promise.all(answers)).toEqual(expected)
        for (const [stream, ids] of streams) {
          const { streamId, lastRevision } = log.heads.headOf(stream)
          const range = { from: 0, to: lastRevision, direction: 'forwards' } as const
          const { rows } = log.pages.ofStream(streamId, range, 1_000)
          expect(rows.map((row) => row.type)).toEqual(ids.map((id) => `T${id}`))
          expect(rows.map((row) => row.revision)).toEqual(ids.map((_, index) => index))
        }
        log.close()
      }),
      { numRuns: 60 },
    )
  })
})
