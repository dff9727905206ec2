// The text of the chosen documents: plain text is read here, other formats by the producer.

import * as api from './api.js';
import {bytes} from './format.js';

const EXTRACTED = /\.(pdf|docx|pptx|xlsx|odt|epub|html?|xhtml|rtf|eml)$/i;
// PDF, RTF, ZIP and OLE2 containers, whatever their names are.
const SIGNATURES = ['%PDF-', '{\\rtf', 'PK\x03\x04', '\xd0\xcf\x11\xe0'];
const SIGNATURE_BYTES = 8;
// Half a MiB is left for the prompt and the other members of the request.
const MAX_TEXT_BYTES = 7.5 * 1024 * 1024;
const extractions = new WeakMap();

/** Reads one file after the other. Incomplete documents have some pages without text. */
export async function readDocuments(files) {
  const documents = [];
  const unreadable = [];
  const incomplete = [];
  for (const file of files) {
    const name = file.webkitRelativePath || file.name;
    const {text, message: problem, pages, pages_without_text: empty} = await readDocument(file);
    const message = problem ?? tooLong(text ?? '');
    if (message) unreadable.push({file, name, message});
    else documents.push({name, text});
    if (empty) {
      const note = `has ${empty} of ${pages} pages without text: pictures, or scans that need OCR.`;
      incomplete.push({name, message: note});
    }
  }
  return {documents, unreadable, incomplete};
}

/** Why a text is too long for one request; null if it is not. */
function tooLong(text) {
  const size = new TextEncoder().encode(JSON.stringify(text)).length;
  return size > MAX_TEXT_BYTES
    ? `is too long (${bytes(size)}; the maximum for a request of the page is 8 MiB): divide it ` +
        'into several files, or use sluice summarize, which accepts up to 32 MiB'
    : null;
}

/** {text} of a file, or {message} with the reason. Each file is extracted once. */
async function readDocument(file) {
  if (!(await needsExtraction(file))) return readPlainText(file);
  if (!extractions.has(file)) extractions.set(file, await api.documentText(file));
  return extractions.get(file);
}

async function needsExtraction(file) {
  if (EXTRACTED.test(file.name)) return true;
  const head = new Uint8Array(await file.slice(0, SIGNATURE_BYTES).arrayBuffer());
  const text = String.fromCharCode(...head);
  return SIGNATURES.some((signature) => text.startsWith(signature));
}

async function readPlainText(file) {
  const buffer = await file.arrayBuffer();
  const content = new Uint8Array(buffer);
  const [start, second] = content;
  if (start === 0x1f && second === 0x8b) {
    return {message: 'is compressed with gzip: decompress it first'};
  }
  if ((start === 0xff && second === 0xfe) || (start === 0xfe && second === 0xff)) {
    return {message: 'is UTF-16: convert it to UTF-8'};
  }
  if (content.includes(0)) return {message: 'is binary'};
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(buffer);
    return text.trim() ? {text} : {message: 'contains no text'};
  } catch {
    return {message: 'is not UTF-8: convert it to UTF-8'};
  }
}
