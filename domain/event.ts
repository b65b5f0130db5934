/** A fact of the log as the domain sees it: a past-tense type and its data. */
export type DomainEvent = { readonly type: string; readonly data: object }
