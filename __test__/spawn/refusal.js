'use strict'
// What a call throws, in a form that two implementations can be compared by.

/**
 * @param {() => unknown} call
 * @returns {{ name: string, class: Function, code: string, message: string }}
 */
function refusalOf(call) {
  try {
    call()
  } catch (thrown) {
    const error = /** @type {NodeJS.ErrnoException} */ (thrown)
    return { name: error.name, class: error.constructor, code: String(error.code), message: error.message }
  }
  throw new Error(`nothing was thrown by ${call}`)
}

/**
 * The same for a promise that rejects.
 *
 * @param {Promise<unknown>} promise
 */
async function rejectionOf(promise) {
  /** @type {unknown} */
  let reason
  const rejected = await promise.then(
    () => false,
    (error) => {
      reason = error
      return true
    },
  )
  return refusalOf(() => {
    if (rejected) throw reason
  })
}

module.exports = { refusalOf, rejectionOf }
