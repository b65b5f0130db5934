import type { Config } from '#platform/config/config.ts'

/** Whether owners pay into their own wallets. No real money moves, so where real people shop only staff do. */
export const ownersPayIn = ({ NODE_ENV }: Pick<Config, 'NODE_ENV'>): boolean => NODE_ENV !== 'production'
