/** Whether the cluster said that this user may not do it, by the protocol's own names for that. */
export const isForbidden = (error: unknown): boolean =>
  isOfType(error, (type) => type.endsWith('_AUTHORIZATION_FAILED'))

/** Whether a topic takes no request of this size: its `max.message.bytes` is about all messages of a partition together. */
export const isTooLarge = (error: unknown): boolean =>
  isOfType(error, (type) => type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE')

const isOfType = (error: unknown, matches: (type: string) => boolean): boolean => {
  if (!(error instanceof Error)) return false
  if ('type' in error && typeof error.type === 'string' && matches(error.type)) return true
  if ('errors' in error && Array.isArray(error.errors) && error.errors.some((one) => isOfType(one, matches)))
    return true
  return error.cause !== undefined && isOfType(error.cause, matches)
}
