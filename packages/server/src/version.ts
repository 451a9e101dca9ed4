/** Version of Modis. */
export const version = '0.1.0'

/** Version of Redis whose behaviour Modis follows; what HELLO and INFO report to clients that depend on it. */
export const redisVersion = '7.2.4'
