# One build stage, one image per application:  docker build --target producer|worker|simulator|cli .
# docs/containers.md explains how to run them. system-tests/image/outside-docker executes this file without Docker. It
# supports only FROM, WORKDIR, COPY, RUN, ENV, USER, EXPOSE, HEALTHCHECK and ENTRYPOINT.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -q -Pquick -pl producer,worker,simulator,cli -am package
RUN for app in producer worker; do \
      java -Djarmode=tools -jar $app/target/quick/$app-*-exec.jar \
        extract --layers --application-filename app.jar --destination /layers/$app || exit 1; \
    done
RUN for tool in simulator cli documents; do \
      mkdir -p /layers/$tool && \
      cp -r $tool/target/quick/lib /layers/$tool/ && \
      cp $tool/target/quick/$tool-*.jar /layers/$tool/app.jar || exit 1; \
    done

# At run time only /tmp is writable.
FROM eclipse-temurin:25-jre AS runtime
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sluice
COPY launcher/http.sh launcher/image/healthy launcher/image/java.options /opt/sluice/
WORKDIR /opt/sluice/app

# Libraries have their own layer, which changes only with their versions.
FROM runtime AS producer-app
COPY --from=build /layers/documents/ ./documents/
COPY --from=build /layers/producer/dependencies/ ./
COPY --from=build /layers/producer/application/ ./
ENV SERVER_ADDRESS=0.0.0.0 SERVER_PORT=8080 SLUICE_DOCUMENTS_JAR=/opt/sluice/app/documents/app.jar
EXPOSE 8080

FROM runtime AS worker-app
COPY --from=build /layers/worker/dependencies/ ./
COPY --from=build /layers/worker/application/ ./
ENV SERVER_ADDRESS=0.0.0.0 SERVER_PORT=8081
EXPOSE 8081

# Training run with a fake broker and provider. The image keeps the AOT cache that the JVM records.
FROM producer-app AS producer-training
COPY --from=build /src/launcher/ /training/
COPY --from=build /layers/simulator/ /training/simulator/
USER 10001
RUN /training/train producer /tmp/app.aot /training/simulator/app.jar java @/opt/sluice/java.options -XX:MaxRAMPercentage=50 -jar app.jar

FROM worker-app AS worker-training
COPY --from=build /src/launcher/ /training/
COPY --from=build /layers/simulator/ /training/simulator/
USER 10001
RUN /training/train worker /tmp/app.aot /training/simulator/app.jar java @/opt/sluice/java.options -jar app.jar

FROM producer-app AS producer
COPY --from=producer-training /tmp/app.aot ./
USER 10001
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/sluice/healthy"]
# Instead of 75 %: the document extractor needs memory in addition to the producer.
ENTRYPOINT ["java", "@/opt/sluice/java.options", "-XX:MaxRAMPercentage=50", "-XX:AOTCache=app.aot", "-jar", "app.jar"]

FROM worker-app AS worker
COPY --from=worker-training /tmp/app.aot ./
USER 10001
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/sluice/healthy"]
ENTRYPOINT ["java", "@/opt/sluice/java.options", "-XX:AOTCache=app.aot", "-jar", "app.jar"]

FROM runtime AS simulator
COPY --from=build /layers/simulator/lib/ ./lib/
COPY --from=build /layers/simulator/app.jar ./
USER 10001
EXPOSE 8089
ENTRYPOINT ["java", "@/opt/sluice/java.options", "-jar", "app.jar", "--host", "0.0.0.0"]

FROM runtime AS cli
COPY --from=build /layers/documents/ ./documents/
COPY --from=build /layers/cli/lib/ ./lib/
COPY --from=build /layers/cli/app.jar ./
ENV SLUICE_DOCUMENTS_JAR=/opt/sluice/app/documents/app.jar
USER 10001
ENTRYPOINT ["java", "@/opt/sluice/java.options", "-jar", "app.jar"]
