import { deedProblem, type DeedProblem } from '~/admin/deed-problem'

export interface SentPicture {
  readonly fileName: string
  /** Undefined when it was taken. */
  readonly problem: DeedProblem | undefined
}

/** Sends pictures one after another, so that a list can name them; one that is refused holds up no other. */
export const usePictureUploads = () => {
  const api = useApi()
  const signIn = useOrderSignIn()
  const isBusy = ref(false)
  const sent = ref<SentPicture[]>([])

  const sendOne = async (file: File): Promise<DeedProblem | 'signed-out' | undefined> => {
    const form = new FormData()
    form.set('file', file)
    const { data, error, response } = await api.POST('/api/ops/images', {
      body: { file: '' },
      bodySerializer: () => form,
    })
    if (data !== undefined) return undefined
    return response.status === 401 ? 'signed-out' : deedProblem(error?.code)
  }

  const send = async (files: readonly File[]): Promise<void> => {
    if (isBusy.value) return
    isBusy.value = true
    sent.value = []
    try {
      for (const file of files) {
        const problem = await sendOne(file).catch((): DeedProblem => 'offline')
        if (problem === 'signed-out') return await signIn()
        sent.value = [...sent.value, { fileName: file.name, problem }]
      }
    } finally {
      isBusy.value = false
    }
  }
  return { send, sent: readonly(sent), isBusy: readonly(isBusy) }
}
