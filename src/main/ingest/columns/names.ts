export { editDistance, likelyName, plainName } from '@shared/science/text/names'
