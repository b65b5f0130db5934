import { toBuffer, toString } from 'qrcode'

/** What the codes are drawn with: dark on white whatever the page's theme, with the quiet zone scanners need. */
const LOOK = { errorCorrectionLevel: 'M', margin: 4 } as const

/** `sizePx` is the length of a side. */
export const qrPng = (content: string, sizePx: number): Promise<Buffer> =>
  toBuffer(content, { ...LOOK, type: 'png', width: sizePx })

export const qrSvg = (content: string, sizePx: number): Promise<string> =>
  toString(content, { ...LOOK, type: 'svg', width: sizePx })
