/** The list object of the API, one page per response, in OpenAI's shape. */
@NullMarked
package dev.sluice.producer.listing;

import org.jspecify.annotations.NullMarked;
