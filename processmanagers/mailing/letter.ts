import { impossible } from '#domain/decider.ts'

/** Label and value, side by side. */
export type Row = readonly [label: string, value: string]

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'rows'; readonly heading?: string; readonly rows: readonly Row[] }
  | { readonly kind: 'link'; readonly label: string; readonly url: string }
  | { readonly kind: 'small'; readonly lines: readonly string[] }

/** What a mail says, before it is text or HTML. Nothing in it is markup: titles of products come from outside. */
export interface Letter {
  readonly subject: string
  readonly title: string
  readonly blocks: readonly Block[]
}

/** The same letter twice: as plain text, and as HTML that loads nothing, runs nothing and follows nobody. */
export const written = (
  letter: Letter,
  language: string,
): { readonly subject: string; readonly text: string; readonly html: string } => ({
  // One line: a line break would end the header.
  subject: letter.subject.replaceAll(/\s+/g, ' '),
  text: `${[letter.title, ...letter.blocks.map(asText)].join('\n\n')}\n`,
  html: asHtml(letter, language),
})

const asText = (block: Block): string => {
  switch (block.kind) {
    case 'text':
      return block.text
    case 'rows':
      return [
        ...(block.heading === undefined ? [] : [`■ ${block.heading}`]),
        ...block.rows.map(([label, value]) => `${label}: ${value}`),
      ].join('\n')
    case 'link':
      return `${block.label}\n${block.url}`
    case 'small':
      return block.lines.join('\n')
    default:
      return impossible(block)
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)

const INK = '#1e2329'
const CELL = 'padding:4px 0;vertical-align:top;border-bottom:1px solid #d9d4c8'

const asHtml = ({ subject, title, blocks }: Letter, language: string): string =>
  [
    '<!doctype html>',
    `<html lang="${escaped(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<title>${escaped(subject)}</title></head>`,
    `<body style="margin:0;padding:16px;background:#fbf9f4;color:${INK};font:16px/1.6 sans-serif;overflow-wrap:anywhere">`,
    '<div style="max-width:560px;margin:0 auto;padding:16px;background:#ffffff">',
    `<h1 style="margin:0 0 16px;font-size:20px;line-height:1.4">${escaped(title)}</h1>`,
    ...blocks.map(blockAsHtml),
    '</div></body></html>',
  ].join('\n')

const blockAsHtml = (block: Block): string => {
  switch (block.kind) {
    case 'text':
      return `<p style="margin:0 0 16px">${escaped(block.text)}</p>`
    case 'rows':
      return [
        ...(block.heading === undefined
          ? []
          : [`<h2 style="margin:16px 0 4px;font-size:16px">${escaped(block.heading)}</h2>`]),
        '<table style="width:100%;margin:0 0 16px;border-collapse:collapse"><tbody>',
        ...block.rows.map(
          ([label, value]) =>
            `<tr><th scope="row" style="${CELL};padding-right:12px;text-align:left;font-weight:400">${escaped(label)}</th>` +
            `<td style="${CELL};text-align:right">${escaped(value)}</td></tr>`,
        ),
        '</tbody></table>',
      ].join('\n')
    case 'link':
      return `<p style="margin:0 0 16px"><a href="${escaped(block.url)}" target="_blank" rel="noopener" style="color:#23497f">${escaped(block.label)}</a></p>`
    case 'small':
      return `<p style="margin:16px 0 0;color:#565d66;font-size:14px">${block.lines.map(escaped).join('<br>')}</p>`
    default:
      return impossible(block)
  }
}
