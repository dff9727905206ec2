/** Tests of OpenAI's official SDKs against Sluice. */
@NullMarked
package dev.sluice.system.sdk;

import org.jspecify.annotations.NullMarked;
