import en from '../../i18n/locales/en/entry.json'
import ja from '../../i18n/locales/ja/entry.json'
import zh from '../../i18n/locales/zh/entry.json'

/** What is read where people sign in, sign up or choose a new password, in every language of the shop at once. */
export const entryWords = { ja, en, zh }
