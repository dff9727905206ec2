/** The Spring Boot auto-configuration of the client. */
@NullMarked
package dev.sluice.client;

import org.jspecify.annotations.NullMarked;
