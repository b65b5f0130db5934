import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeEventFrame } from './eventFrame.ts'
import { dataOf, encodeLinkFrame, withStructuredIds } from './frames.ts'
import { streams } from './generated.ts'
import { eventIdOf } from './requests.ts'

const placed = fc.record({
  stream: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
  revision: fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n })),
  position: fc.maxSafeNat(),
  createdMs: fc.nat({ max: 4_102_444_800_000 }),
})
const proposed = fc.record({
  id: fc.uuid(),
  type: fc.string({ unit: 'grapheme', minLength: 1 }),
  contentType: fc.constantFrom('application/json', 'application/octet-stream'),
  data: fc.uint8Array({ maxLength: 5_000 }),
  customMetadata: fc.uint8Array({ maxLength: 300 }),
})

const recordIn = (frame: Uint8Array) => streams.ReadResp.deserializeBinary(frame).getEvent()

describe('a stored frame', () => {
  it('says through the generated code exactly what was put in', () => {
    fc.assert(
      fc.property(proposed, placed, (event, at) => {
        const frame = encodeEventFrame(event, at)
        const read = recordIn(frame)
        const record = read?.getEvent()
        expect(record?.getId()?.getString()).toBe(event.id)
        expect(Buffer.from(record?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(
          Buffer.from(at.stream).toString(),
        )
        expect(BigInt(record?.getStreamRevision() ?? -1)).toBe(BigInt(at.revision))
        expect([
          record?.getCommitPosition(),
          record?.getPreparePosition(),
          read?.getCommitPosition(),
        ]).toEqual(Array.from({ length: 3 }, () => String(at.position)))
        expect(record?.getMetadataMap().get('type')).toBe(Buffer.from(event.type).toString())
        expect(record?.getMetadataMap().get('content-type')).toBe(event.contentType)
        expect(record?.getMetadataMap().get('created')).toBe(`${BigInt(at.createdMs) * 10_000n}`)
        expect(Buffer.from(record?.getData_asU8() ?? [])).toEqual(Buffer.from(event.data))
        expect(Buffer.from(record?.getCustomMetadata_asU8() ?? [])).toEqual(Buffer.from(event.customMetadata))
        expect(Buffer.from(dataOf(frame))).toEqual(Buffer.from(event.data))
      }),
    )
  })

  it('goes into a link unchanged', () => {
    fc.assert(
      fc.property(proposed, placed, proposed, placed, (target, targetAt, link, linkAt) => {
        const [targetFrame, linkFrame] = [encodeEventFrame(target, targetAt), encodeEventFrame(link, linkAt)]
        const resolved = recordIn(encodeLinkFrame(linkFrame, targetFrame, linkAt.position))
        expect(resolved?.getEvent()?.toObject()).toEqual(recordIn(targetFrame)?.getEvent()?.toObject())
        expect(resolved?.getLink()?.toObject()).toEqual(recordIn(linkFrame)?.getEvent()?.toObject())
        const dangling = recordIn(encodeLinkFrame(linkFrame, undefined, linkAt.position))
        expect([dangling?.hasEvent(), dangling?.hasLink()]).toEqual([false, true])
      }),
    )
  })

  it('keeps its ids when they are asked for as numbers', () => {
    fc.assert(
      fc.property(proposed, placed, (event, at) => {
        const id = recordIn(withStructuredIds(encodeEventFrame(event, at)))
          ?.getEvent()
          ?.getId()
        expect(id?.hasStructured()).toBe(true)
        expect(eventIdOf(id)).toBe(event.id)
      }),
    )
  })
})
