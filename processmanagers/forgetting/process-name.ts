/** Its name in checkpoints and parked streams. Its keys are customers. */
export const FORGETTING = 'forgetting'
