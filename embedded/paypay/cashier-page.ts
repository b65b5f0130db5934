import { createHash } from 'node:crypto'

/** What the buyer sees, in each state of the code. */
export type CashierView =
  | { kind: 'payable'; expiresAtMs: number }
  /** Scanned, not yet confirmed. */
  | { kind: 'in-flight' }
  | { kind: 'paid' }
  | { kind: 'failed' }
  | { kind: 'lapsed' }
  | { kind: 'deleted' }
  /** The buyer chose to leave. */
  | { kind: 'left' }
  | { kind: 'unknown' }

type CashierAction = 'pay' | 'open' | 'decline' | 'leave' | 'pay-late'

export interface CashierOrder {
  shopName: string
  amountMinor: number
  description?: string
  redirectUrl?: string
}

const style = `
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5b6472;--paper:#fff;--ground:#f3f4f6;--line:#d8dce2;--accent:#b4002d;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#eef0f4;--soft:#a9b1bd;--paper:#1b1f27;--ground:#12151a;--line:#394150;--accent:#ff8fa6;--on:#1b0008}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--ink);
font:1rem/1.6 "Hiragino Sans","Hiragino Kaku Gothic ProN","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",Meiryo,system-ui,sans-serif}
main{width:100%;max-width:26rem;background:var(--paper);border:1px solid var(--line);border-radius:1rem;padding:1.5rem}
.notice{margin:0 0 1.25rem;font-size:.8125rem;color:var(--soft)}
h1{font-size:1.125rem;margin:0}
.amount{font-size:2.25rem;font-weight:700;margin:.25rem 0;font-variant-numeric:tabular-nums}
p{margin:.25rem 0}.soft{color:var(--soft);font-size:.875rem}[lang=en]{color:var(--soft);font-size:.875rem}
form{display:grid;gap:.5rem;margin-top:1.25rem}
button,a.button{font:inherit;display:block;text-align:center;width:100%;padding:.75rem 1rem;border-radius:.625rem;border:1px solid var(--line);
background:transparent;color:inherit;cursor:pointer;text-decoration:none}
button.main,button.main [lang=en]{color:var(--on)}button.main{background:var(--accent);border-color:var(--accent);font-weight:700}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
`

/** No script, no request anywhere but the form's own. Forms may lead on to the shop, so form-action stays open. */
export const cashierPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const labels: Record<CashierAction, readonly [japanese: string, english: string]> = {
  pay: ['支払う', 'Pay'],
  open: ['アプリを開き、あとで支払う', 'Pay late (open the app now)'],
  decline: ['支払いに失敗させる', 'Decline'],
  leave: ['支払わずにタブを閉じる', 'Close tab'],
  'pay-late': ['それでも支払う', 'Pay late'],
}

const states: Record<
  CashierView['kind'],
  { text: readonly [string, string]; actions: readonly CashierAction[] }
> = {
  payable: {
    text: ['お支払い内容をご確認ください。', 'Please check the payment.'],
    actions: ['pay', 'decline', 'leave', 'open'],
  },
  'in-flight': {
    text: ['アプリで認証中です。', 'The payment is being authorised in the app.'],
    actions: ['pay', 'decline', 'leave'],
  },
  paid: { text: ['お支払い済みです。', 'This has been paid.'], actions: [] },
  failed: { text: ['お支払いは完了しませんでした。', 'The payment did not go through.'], actions: [] },
  lapsed: { text: ['コードの有効期限が切れました。', 'The code has expired.'], actions: ['pay-late'] },
  deleted: {
    text: ['コードは無効になりました。', 'The code was withdrawn by the shop.'],
    actions: ['pay-late'],
  },
  left: {
    text: ['何も支払われていません。このタブを閉じてください。', 'Nothing was paid. You may close this tab.'],
    actions: [],
  },
  unknown: { text: ['コードが見つかりません。', 'There is no such code.'], actions: [] },
}

export function cashierPage(view: CashierView, order?: CashierOrder): string {
  const { text, actions } = states[view.kind]
  const buttons = actions.map((action, place) => {
    const [japanese, english] = labels[action]
    const main = place === 0 ? ' class="main"' : ''
    return `<button${main} name="action" value="${action}">${japanese} <small lang="en">${english}</small></button>`
  })
  const back =
    actions.length === 0 && view.kind !== 'left' && order?.redirectUrl !== undefined
      ? `<p><a class="button" href="${escaped(order.redirectUrl)}">お店に戻る <small>Back to the shop</small></a></p>`
      : ''
  return `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>PayPay simulator</title><style>${style}</style></head>
<body><main>
<p class="notice">PayPay シミュレーター：実際のお金は動きません。<br><span lang="en">PayPay simulator – no real money. Not affiliated with PayPay; forms here are unprotected on purpose.</span></p>
${order === undefined ? '<h1>PayPay simulator</h1>' : orderBlock(order)}
<p role="status">${text[0]}<br><span lang="en">${text[1]}</span></p>
${view.kind === 'payable' ? expiryBlock(view.expiresAtMs) : ''}
${buttons.length === 0 ? '' : `<form method="post">${buttons.join('')}</form>`}${back}
</main></body></html>`
}

function orderBlock({ shopName, amountMinor, description }: CashierOrder): string {
  return `<h1>${escaped(shopName)}</h1>
<p class="amount">${amountMinor.toLocaleString('ja-JP')}<small>円</small></p>
${description === undefined ? '' : `<p class="soft">${escaped(description)}</p>`}`
}

function expiryBlock(expiresAtMs: number): string {
  const until = new Date(expiresAtMs).toLocaleTimeString('ja-JP', { timeZone: 'Asia/Tokyo' })
  return `<p class="soft">有効期限 ${until} <span lang="en">Expires at ${until} JST</span></p>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
