/** Its name in checkpoints, leases and parked streams. */
export const RELAY = 'relay'
