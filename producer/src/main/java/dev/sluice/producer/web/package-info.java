/**
 * What all HTTP endpoints share: errors and lists in the shape of OpenAI's API, response headers,
 * shutdown.
 */
@NullMarked
package dev.sluice.producer.web;

import org.jspecify.annotations.NullMarked;
