/** Whether the cluster said that this user may not do it, by the protocol's own names for that. */
export const isForbidden = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  if ('type' in error && typeof error.type === 'string' && error.type.endsWith('_AUTHORIZATION_FAILED'))
    return true
  if ('errors' in error && Array.isArray(error.errors) && error.errors.some(isForbidden)) return true
  return error.cause !== undefined && isForbidden(error.cause)
}
