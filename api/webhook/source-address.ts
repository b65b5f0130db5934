import { BlockList, isIP, SocketAddress } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** Whether an address is one of those that were listed. */
export type AddressList = (address: string) => boolean

/** A longer chain of proxies is nobody's, and walking it is work a stranger could give us. */
const MOST_HOPS = 16

const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Takes single addresses, ranges (`10.0.0.0/8`) and the three names Fastify knows; the configuration has checked them. */
export const addressList = (entries: readonly string[]): AddressList => {
  const list = new BlockList()
  for (const entry of entries.flatMap((name) => NAMED_RANGES[name] ?? [name])) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Where a request comes from: the right-most hop that is not one of our proxies. Each hop writes down whom it heard
 * from at the end of the list, so only what a proxy of ours wrote can be relied on; everything further left may have
 * been sent along by anybody.
 * @param peer the other end of the connection.
 * @param forwardedFor the `X-Forwarded-For` header.
 * @returns an address in one spelling only, without a port; the nearest proxy where it wrote none down; `unknown` when
 * the connection has no address.
 */
export const sourceAddressOf = (
  peer: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  isProxy: AddressList,
): string => {
  let source = addressIn(peer ?? '')
  if (source === undefined) return 'unknown'
  const hops = [forwardedFor ?? []].flat().join(',').split(',').slice(-MOST_HOPS)
  for (const hop of hops.toReversed()) {
    if (!isProxy(source)) return source
    const before = addressIn(hop)
    if (before === undefined) return source
    source = before
  }
  return source
}

/** The same of a request. `request.ip` will not do: it keeps the port that some proxies write. */
export const deliverySource = (
  proxies: readonly string[],
): ((request: Pick<FastifyRequest, 'socket' | 'headers'>) => string) => {
  const isProxy = addressList(proxies)
  return ({ socket, headers }) => sourceAddressOf(socket.remoteAddress, headers['x-forwarded-for'], isProxy)
}

/** An address as proxies write it, with or without a port: `192.0.2.1:443`, `[2001:db8::1]:443`, `2001:db8::1`. */
const addressIn = (written: string): string | undefined => {
  const text = written.trim()
  const [, bracketed, withPort] = /^(?:\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(text) ?? []
  const address = bracketed ?? withPort ?? text
  const family = isIP(address)
  if (family === 0) return undefined
  if (family === 4) return address
  const { address: canonical } = new SocketAddress({ address, family: 'ipv6' })
  // An IPv4 peer of a socket that takes both families.
  const mapped = /^::ffff:([\d.]+)$/.exec(canonical)?.[1]
  return mapped ?? canonical
}

/** Whom to count as one sender: whoever has an IPv6 address has at least a /64 of them. */
export const senderOf = (address: string): string => {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = [
    ...groups,
    ...Array.from({ length: missing }, () => '0'),
    ...(tail === undefined ? [] : tail.split(':')),
  ]
  return `${all.slice(0, 4).join(':')}::/64`
}
