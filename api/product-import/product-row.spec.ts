import { describe, expect, it } from 'vitest'
import { productRow } from './product-row.ts'

const row = (title: string) =>
  productRow(
    { productId: 'tea', title, description: '説明', price: '100', status: 'ACTIVE', createdAt: '' },
    0,
  )

describe('a title in a list', () => {
  it.each([
    ['a space of no width alone', '\u200B'],
    ['a joiner alone', '\u200D\u2060'],
    ['a mark that turns the text round', 'abc\u202Efdp.exe'],
    ['one that isolates', '\u2067abc'],
    ['a line separator', '一\u2028二'],
    ['a line break', '一\n二'],
  ])('is refused: %s', (_, title) => {
    expect(row(title)).toBe('title-invalid')
  })

  it.each(['有田の湯のみ 200ml', '👨‍👩‍👧 セット', 'ﾏｸﾞ', '=1+1', '★', 'שלום', 'می‌خواهم'])(
    'is taken: %s',
    (title) => {
      expect(row(title)).toMatchObject({ revision: { title: { ja: title } } })
    },
  )
})
