package com.example.plugins;

import dev.tazza.Trap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Service {
  private final Plugins plugins;

  public Service(Plugins plugins) {
    this.plugins = plugins;
  }

  public static void main(String[] args) {
    SpringApplication.run(Service.class, args);
  }

  @GetMapping("/plugins")
  public Iterable<String> names() {
    return plugins.names();
  }

  @PostMapping("/plugins/{name}")
  public ResponseEntity<String> run(
      @PathVariable("name") String name, @RequestBody(required = false) String text) {
    String answer = plugins.run(name, text == null ? "" : text);
    return answer == null ? ResponseEntity.notFound().build() : ResponseEntity.ok(answer);
  }

  /** A plug-in's fault, or an answer that is not in its memory. */
  @ExceptionHandler({Trap.class, IndexOutOfBoundsException.class})
  public ResponseEntity<String> fault(RuntimeException fault) {
    return ResponseEntity.unprocessableEntity().body(fault.getMessage());
  }
}
