import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { stringify } from 'csv-stringify/sync'
import { describe, expect, it } from 'vitest'
import { CsvRefused, LARGEST_FILE_BYTES, MOST_ROWS, readCsv } from './csv-rows.ts'

const read = (...chunks: readonly (string | Uint8Array)[]) =>
  readCsv(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))
const refusalOf = (...chunks: readonly (string | Uint8Array)[]): Promise<[string, string] | 'read'> =>
  read(...chunks).then(
    () => 'read' as const,
    (error: unknown) => {
      if (error instanceof CsvRefused) return [error.reason, error.detail]
      throw error
    },
  )

describe('a CSV file', () => {
  it('is read with or without a byte order mark, whatever ends its lines', async () => {
    const rows = [
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '急須'] },
    ]
    expect(await read('a,b\n1,急須\n')).toStrictEqual(rows)
    expect(await read('\uFEFFa,b\r\n1,急須')).toStrictEqual(rows)
    expect(await read('a,b\n\n1,急須\n')).toStrictEqual([rows[0], { line: 3, cells: ['1', '急須'] }])
  })

  it('keeps what is in quotes, breaks and doubled quotes too, and says on which line a row begins', async () => {
    expect(await read('a,b\r\n"1, 2","say ""hi""\r\nand go"\r\n3,4\r\n')).toStrictEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1, 2', 'say "hi"\r\nand go'] },
      { line: 4, cells: ['3', '4'] },
    ])
  })

  it('is text, however much a cell looks like a formula', async () => {
    const cells = ['=1+1', '+81', '-5', '@SUM(A1)', '\t=1', '001']
    expect(await read(cells.join(','))).toStrictEqual([{ line: 1, cells }])
  })

  it('is the same in whatever pieces it arrives', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(200), { maxLength: 8 }),
        async (records, cuts) => {
          const bytes = Buffer.from(stringify(records, { quoted: true }))
          const ends = [...cuts, bytes.length]
            .map((cut) => Math.min(cut, bytes.length))
            .toSorted((a, b) => a - b)
          const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
          expect((await read(...pieces)).map(({ cells }) => cells)).toStrictEqual(records)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('loses one row to a misplaced quotation mark, and no other', async () => {
    expect(await read('a,b\n1,2\n"3"x,4\n5,6\n\n7,"8\n9,10\n11,"12"\n13,"14')).toStrictEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
      { line: 3, cells: undefined },
      { line: 4, cells: ['5', '6'] },
      { line: 6, cells: undefined },
      { line: 7, cells: ['9', '10'] },
      { line: 8, cells: ['11', '12'] },
      { line: 9, cells: undefined },
    ])
  })

  it('loses a row that is far too long, and no other', async () => {
    expect(await read(`a,b\n1,${'x'.repeat(100_000)}\n3,4\n`)).toStrictEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: undefined },
      { line: 3, cells: ['3', '4'] },
    ])
  })
})

describe('a file that is refused as a whole', () => {
  it('is in another encoding, and is told which', async () => {
    const shiftJis = Buffer.from([0x61, 0x2c, 0x8b, 0x7d, 0x90, 0x7b, 0x0a])
    expect(await refusalOf(shiftJis)).toMatchObject(['not-utf-8', expect.stringContaining('Shift_JIS')])
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,急須\n', 'utf16le')])
    expect(await refusalOf(utf16)).toMatchObject(['not-utf-8', expect.stringContaining('UTF-16')])
    expect(await refusalOf(Buffer.from('a,急').subarray(0, 4))).toMatchObject([
      'not-utf-8',
      expect.anything(),
    ])
  })

  it('is empty', async () => {
    expect(await refusalOf()).toMatchObject(['empty', expect.anything()])
    expect(await refusalOf('\uFEFF')).toMatchObject(['empty', expect.anything()])
    expect(await refusalOf('\n\n')).toMatchObject(['empty', expect.anything()])
  })

  it('is too large, in rows or in bytes', async () => {
    expect(await refusalOf('a\n'.repeat(MOST_ROWS + 1))).toBe('read')
    expect(await refusalOf('a\n'.repeat(MOST_ROWS + 2))).toMatchObject(['too-large', expect.anything()])
    const row = `${'x'.repeat(60_000)}\n`
    const many = Array.from({ length: Math.ceil(LARGEST_FILE_BYTES / row.length) + 1 }, () => row)
    expect(await refusalOf(...many)).toMatchObject(['too-large', expect.anything()])
  })

  it('has hardly a row that can be read', async () => {
    expect(await refusalOf('"a"b\n'.repeat(501))).toMatchObject(['too-broken', expect.anything()])
    expect(await refusalOf('"a"b\n'.repeat(500))).toBe('read')
  })

  it('stops arriving', async () => {
    const source = new Readable({ read: () => {} })
    source.push('a,b\n1,2\n')
    const reading = readCsv(source)
    source.destroy(new Error('gone'))
    await expect(reading).rejects.toMatchObject({ reason: 'cut-short' })
  })
})
