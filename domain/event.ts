import type { z } from 'zod'

/** A fact of the log as the domain sees it: a past-tense type and its data. */
export type DomainEvent = { readonly type: string; readonly data: object }

/** One member of a context's union of events, told from the schema of its data. */
export type Event<T extends string, D extends z.ZodType> = { readonly type: T; readonly data: z.infer<D> }
