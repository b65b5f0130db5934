import type { paths } from '~/api/schema'

export type ImportResult =
  paths['/api/ops/products/import']['post']['responses'][200]['content']['application/json']

/** Sends a list of products as it is; the file itself is never looked into here. */
export const useProductImport = () => {
  const api = useApi()
  const deed = useStaffDeed()
  const result = shallowRef<ImportResult>()

  const send = async (list: File): Promise<void> => {
    result.value = undefined
    result.value = await deed.run(() =>
      api.POST('/api/ops/products/import', {
        headers: { 'content-type': 'text/csv' },
        body: '',
        bodySerializer: () => list,
      }),
    )
  }
  return { ...deed, result, send }
}
