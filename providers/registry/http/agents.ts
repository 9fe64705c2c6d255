/** undici's dispatchers, in a module of their own so that they can be loaded with the first request and not before. */
export { Agent, ProxyAgent } from 'undici'
