import { z } from 'zod'

/** What staff may do that changes or hands out something and is told by no other event. */
export const DeedKind = z.enum([
  'READ_MODEL_REBUILD',
  'READ_MODEL_SWITCH',
  'READ_MODEL_ROLLBACK',
  'READ_MODEL_CANCEL',
  'READ_MODEL_DROP',
  'PARKED_KEY_REPLAY',
  'PICTURE_UPLOAD',
  'AUDIT_EXPORT',
])
export type DeedKind = z.infer<typeof DeedKind>

/**
 * A member of staff set out to do something that no other event tells of. Written by the API before it is done (a picture
 * is kept first, and named by its file), so that nothing is done without it; it does not mean that it succeeded. Who it
 * was is in the event's `actor`.
 */
export const StaffDeedBegun = z.object({
  kind: DeedKind,
  /** What it was done to: the name of a read model, a parked key, a picture's file, the format of an export. Never a person. */
  subject: z.string().max(200),
  atMs: z.int(),
})

export type DeedEvent = {
  readonly type: 'StaffDeedBegun'
  readonly data: z.infer<typeof StaffDeedBegun>
}
