import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { addressList, senderOf, sourceAddressOf } from './source-address.ts'

const proxies = addressList(['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.9'])

describe('where a delivery comes from', () => {
  it.each<[string, string | undefined, string | string[] | undefined, string]>([
    ['the peer', '203.0.113.5', undefined, '203.0.113.5'],
    ['the peer, whatever a stranger forwards', '203.0.113.5', '52.192.112.175', '203.0.113.5'],
    ['whom our proxy heard', '10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['the right-most that is not ours', '10.0.0.1', '52.192.112.175, 203.0.113.5, 10.0.0.2', '203.0.113.5'],
    ['the same over several headers', '10.0.0.1', ['52.192.112.175', '203.0.113.5,10.0.0.2'], '203.0.113.5'],
    ['an address without its port', '10.0.0.1', '203.0.113.5:50123', '203.0.113.5'],
    ['an IPv6 address without its port', '10.0.0.1', '[2001:DB8:0:0::A]:443', '2001:db8::a'],
    ['a bare IPv6 address', '10.0.0.1', '2001:db8::a', '2001:db8::a'],
    ['behind an IPv6 proxy', '2001:db8:ffff::1', '198.51.100.1', '198.51.100.1'],
    ['IPv4 in IPv6', '::ffff:10.0.0.1', '::ffff:203.0.113.5', '203.0.113.5'],
    ['the nearest proxy where it wrote no address', '10.0.0.1', '52.192.112.175, unknown', '10.0.0.1'],
    ['the nearest proxy where the list is empty', '10.0.0.1', ' , ', '10.0.0.1'],
    ['the left-most where all are ours', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['no number that only looks like one', '10.0.0.1', '1', '10.0.0.1'],
    ['nobody', undefined, '52.192.112.175', 'unknown'],
  ])('is %s', (_what, peer, forwardedFor, source) => {
    expect(sourceAddressOf(peer, forwardedFor, proxies)).toBe(source)
  })

  it('is never what a stranger wrote, whatever that is', () => {
    const written = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())
    fc.assert(
      fc.property(fc.array(written), (forged) => {
        expect(sourceAddressOf('203.0.113.5', forged.join(', '), proxies)).toBe('203.0.113.5')
        expect(sourceAddressOf('10.0.0.1', [...forged, '203.0.113.5'].join(', '), proxies)).toBe(
          '203.0.113.5',
        )
      }),
    )
  })
})

describe('a list of addresses', () => {
  it('takes single ones, ranges of both families and the known names', () => {
    const listed = addressList(['192.0.2.1', '198.51.100.0/24', '2001:db8::/32', 'loopback'])
    for (const address of ['192.0.2.1', '198.51.100.77', '2001:db8::1', '127.0.0.1', '::1'])
      expect([address, listed(address)]).toEqual([address, true])
    for (const address of ['192.0.2.2', '198.51.101.1', '2001:db9::1', 'unknown', ''])
      expect([address, listed(address)]).toEqual([address, false])
    expect(addressList([])('127.0.0.1')).toBe(false)
  })
})

describe('one sender', () => {
  it('has one IPv4 address, and all of an IPv6 network', () => {
    expect(senderOf('203.0.113.5')).toBe('203.0.113.5')
    expect(senderOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(senderOf('2001:db8::1')).toBe(senderOf('2001:db8::ffff:2'))
    expect(senderOf('2001:db8::1')).not.toBe(senderOf('2001:db8:0:1::1'))
    expect(senderOf('::1')).toBe('0:0:0:0::/64')
    expect(senderOf('unknown')).toBe('unknown')
  })
})
