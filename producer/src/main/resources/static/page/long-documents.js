// Documents that are longer than the model's context length. The producer splits them.

const DEFAULT_CONTEXT_TOKENS = 100000;
const USED_FRACTION = 0.9;
const MAX_DEFAULT_REPLY_TOKENS = 4096;
const FIRST_IDEOGRAPH = 0x2e80;

/** The tokens of a text, estimated as the producer and the command do. */
export function tokensOf(text) {
  let quarters = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const lower = code | 0x20;
    if (code >= FIRST_IDEOGRAPH) quarters += 4;
    else quarters += code === 0x20 || (lower >= 0x61 && lower <= 0x7a) ? 1 : 2;
  }
  return Math.ceil(quarters / 4);
}

/** The context length of the models of a route. */
export const contextLength = (route) => route?.context_tokens || DEFAULT_CONTEXT_TOKENS;

/**
 * The members that a line has beside its body: none if the document fits.
 *
 * @param instructions the request without the document
 * @param maxReply 0 if the request has no limit
 */
export function splitExtension({text, instructions, contextTokens, maxReply, partial}) {
  const reply = maxReply || Math.min(MAX_DEFAULT_REPLY_TOKENS, Math.floor(contextTokens / 4));
  const room = Math.floor(USED_FRACTION * contextTokens) - reply - tokensOf(instructions);
  if (tokensOf(text) <= room) return {};
  return {sluice: {split: {context_tokens: contextTokens, partial}}};
}
