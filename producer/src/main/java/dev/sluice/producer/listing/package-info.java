/** Lists of things, page by page, as OpenAI's API gives them. Depends on no other package. */
@NullMarked
package dev.sluice.producer.listing;

import org.jspecify.annotations.NullMarked;
