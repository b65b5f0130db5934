import { z } from 'zod'
import { leavesEffectOpen, resultNames } from './results.ts'

export const outageKinds = ['html503', 'hang', 'reset', 'maintenance'] as const

const faultKinds = [
  'hang',
  'reset',
  'cut-body',
  'html503',
  '429',
  '500-unknown',
  'slow',
  'wrong-amount',
  'wrong-currency',
  /** The answer speaks of another payment. */
  'wrong-id',
  /** 503 in an envelope, as announced maintenance answers. */
  'maintenance',
  /** Any row of the error tables, without its cause. */
  'refuse',
] as const

const settings = z.strictObject({
  method: z.enum(['GET', 'POST', 'DELETE']).optional(),
  /** Matches every path that begins so. */
  path: z.string().startsWith('/v2').max(200).default('/v2'),
  /** Whether the call takes effect before the answer goes wrong. */
  phase: z.enum(['before', 'after']).default('before'),
  kind: z.enum(faultKinds),
  /** How slow. */
  ms: z.int().min(0).max(120_000).default(1_000),
  /** Which refusal. */
  code: z.enum(resultNames).optional(),
  /** Sent as Retry-After with what the fault answers. */
  retryAfterSeconds: z.int().min(0).max(86_400).optional(),
  times: z.int().min(1).max(1_000_000).default(1),
})

export const faultSchema = settings.refine(
  ({ kind, code, phase }) =>
    (kind === 'refuse') === (code !== undefined) &&
    // A definite no to something that was done would be a lie that PayPay does not tell.
    (code === undefined || phase === 'before' || leavesEffectOpen(code)),
  'refuse goes with a code, and only one that leaves the outcome open may come after the effect',
)

export type Fault = z.output<typeof faultSchema>

export interface Faults {
  add(fault: Fault): void
  list(): readonly Fault[]
  clear(): void
  /** The fault that strikes this call, used up once. An outage goes first and is never used up. */
  strike(method: string, path: string): Fault | undefined
  outage(): (typeof outageKinds)[number] | undefined
  setOutage(kind: (typeof outageKinds)[number] | undefined): void
}

const MAX_FAULTS = 100

export function createFaults(): Faults {
  let faults: Fault[] = []
  let outage: (typeof outageKinds)[number] | undefined
  return {
    add: (fault) => {
      if (faults.length >= MAX_FAULTS) throw new RangeError('too many faults')
      faults.push({ ...fault })
    },
    list: () => faults,
    clear: () => {
      faults = []
    },
    strike: (method, path) => {
      if (outage !== undefined) return { path: '/v2', phase: 'before', kind: outage, ms: 0, times: 1 }
      const fault = faults.find(
        (candidate) =>
          (candidate.method === undefined || candidate.method === method) && path.startsWith(candidate.path),
      )
      if (fault === undefined) return undefined
      const struck = { ...fault }
      fault.times -= 1
      faults = faults.filter(({ times }) => times > 0)
      return struck
    },
    outage: () => outage,
    setOutage: (kind) => {
      outage = kind
    },
  }
}
