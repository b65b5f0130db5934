import { connect, createServer, type Socket } from 'node:net'
import { z } from 'zod'

const Address = z.object({ port: z.number() })

/** A line to a server on this machine that can be cut, or left standing with nothing coming over it. */
export const lineTo = async (target: string) => {
  const [host = '', port = ''] = target.split(':')
  let state: 'open' | 'cut' | 'silent' = 'open'
  const open = new Set<Socket>()
  const server = createServer((near) => {
    open.add(near)
    near.on('close', () => open.delete(near)).on('error', () => near.destroy())
    if (state === 'cut') near.destroy()
    if (state !== 'open') return
    const far = connect(Number(port), host)
    open.add(far)
    far.on('close', () => {
      open.delete(far)
      near.destroy()
    })
    far.on('error', () => far.destroy())
    near.on('close', () => far.destroy())
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const hangUp = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    host: `127.0.0.1:${Address.parse(server.address()).port}`,
    become: (next: typeof state): void => {
      state = next
      hangUp()
    },
    close: async (): Promise<void> => {
      hangUp()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
