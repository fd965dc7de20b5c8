// Wazero on the stand, with its compiler. The arguments: bench/stand/__init__.py.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

const ( // of clock_gettime
	wholeProcess = 2
	thisThread   = 3
)

var ctx = context.Background()

// moment is a reading of two clocks.
type moment struct {
	wall time.Time
	cpu  time.Duration
}

func now(clock uintptr) moment {
	var cpu syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&cpu)), 0)
	return moment{time.Now(), time.Duration(cpu.Nano())}
}

func emit(event map[string]any) {
	line, _ := json.Marshal(event)
	fmt.Println(string(line))
}

func report(measure string, from, to moment, count int) {
	emit(map[string]any{
		"measure": measure,
		"seconds": to.wall.Sub(from.wall).Seconds() / float64(count),
		"cpu":     (to.cpu - from.cpu).Seconds() / float64(count),
	})
}

func check(err error) {
	if err != nil {
		emit(map[string]any{"error": err.Error()})
		os.Exit(1)
	}
}

func read(path string) []byte {
	data, err := os.ReadFile(path)
	check(err)
	return data
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

// duration reads a number of seconds.
func duration(text string) time.Duration {
	seconds, err := strconv.ParseFloat(text, 64)
	check(err)
	return time.Duration(seconds * float64(time.Second))
}

// distinct gives the module a custom section "n" that holds the number.
func distinct(module []byte, n int) []byte {
	section := binary.LittleEndian.AppendUint32([]byte{0, 6, 1, 'n'}, uint32(n))
	return append(append([]byte{}, module...), section...)
}

// engine makes a runtime with WASI and bench.start and bench.end.
func engine(config wazero.RuntimeConfig, start, end func()) wazero.Runtime {
	r := wazero.NewRuntimeWithConfig(ctx, config)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	_, err := r.NewHostModuleBuilder("bench").
		NewFunctionBuilder().WithFunc(func(context.Context) { start() }).Export("start").
		NewFunctionBuilder().WithFunc(func(context.Context) { end() }).Export("end").
		Instantiate(ctx)
	check(err)
	return r
}

func exitedWell(err error) error {
	var exit *sys.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 0 {
		return nil
	}
	return err
}

func compiled(r wazero.Runtime, bytes []byte, n int) wazero.CompiledModule {
	these := distinct(bytes, n)
	from := now(wholeProcess)
	module, err := r.CompileModule(ctx, these)
	check(err)
	report("compile", from, now(wholeProcess), 1)
	return module
}

func program(wasm, folder, out string, runs int, limit time.Duration) {
	var began, ended moment
	r := engine(wazero.NewRuntimeConfigCompiler(),
		func() { began = now(thisThread) }, func() { ended = now(thisThread) })
	module := compiled(r, read(wasm), 0)
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	emit(map[string]any{"measure": "peak-rss", "bytes": usage.Maxrss * 1024})
	first := time.Now()
	for i := 0; i < runs; i++ {
		spent := time.Since(first)
		if i == 1 && spent > 10*limit || i > 1 && spent > limit {
			break
		}
		began, ended = moment{}, moment{}
		run(r, module, folder, out, i, &began, &ended)
	}
}

// compile ignores how many threads are asked for: wazero uses one unless told otherwise.
func compile(wasm string, limit time.Duration) {
	bytes := read(wasm)
	r := engine(wazero.NewRuntimeConfigCompiler(), func() {}, func() {})
	first := time.Now()
	for i := 0; i < 3 || time.Since(first) < limit; i++ {
		compiled(r, bytes, i).Close(ctx)
	}
}

func instantiate(wasm string, limit time.Duration) {
	r := engine(wazero.NewRuntimeConfigCompiler(), func() {}, func() {})
	module, err := r.CompileModule(ctx, read(wasm))
	check(err)
	first := time.Now()
	for batch := 0; batch < 4 || time.Since(first) < limit; batch++ {
		from := now(thisThread)
		for i := 0; i < 100; i++ {
			config := wazero.NewModuleConfig().WithName("").WithArgs("program").WithStartFunctions()
			instance, err := r.InstantiateModule(ctx, module, config)
			check(err)
			instance.Close(ctx)
		}
		report("instantiate", from, now(thisThread), 100)
	}
}

func run(r wazero.Runtime, module wazero.CompiledModule, folder, out string, i int, began, ended *moment) {
	stdout, err := os.Create(filepath.Join(out, fmt.Sprintf("stdout.%d", i)))
	check(err)
	defer stdout.Close()
	stderr, err := os.Create(filepath.Join(out, fmt.Sprintf("stderr.%d", i)))
	check(err)
	defer stderr.Close()
	config := wazero.NewModuleConfig().WithName("").WithArgs("program").WithStartFunctions().
		WithStdout(stdout).WithStderr(stderr).WithSysWalltime().WithSysNanotime().
		WithFSConfig(wazero.NewFSConfig().WithDirMount(folder, "."))
	instance, err := r.InstantiateModule(ctx, module, config)
	check(err)
	start := now(thisThread)
	_, err = instance.ExportedFunction("_start").Call(ctx)
	end := now(thisThread)
	check(exitedWell(err))
	if !began.wall.IsZero() {
		start = *began
	}
	if !ended.wall.IsZero() {
		end = *ended
	}
	report("execution", start, end, 1)
	instance.Close(ctx)
}

func calls(wasm string, count int) {
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	noop := api.GoFunc(func(context.Context, []uint64) {})
	_, err := r.NewHostModuleBuilder("env").NewFunctionBuilder().WithGoFunction(noop, nil, nil).Export("noop").Instantiate(ctx)
	check(err)
	instance, err := r.Instantiate(ctx, read(wasm))
	check(err)
	add, loop := instance.ExportedFunction("add"), instance.ExportedFunction("loop")
	stack := make([]uint64, 2)
	for round := 0; round < 6; round++ {
		from := now(thisThread)
		stack[0] = 0
		for i := 0; i < count; i++ {
			stack[1] = uint64(uint32(i))
			check(add.CallWithStack(ctx, stack))
		}
		between := now(thisThread)
		_, err := loop.Call(ctx, uint64(count))
		check(err)
		if round > 0 {
			report("call-host-to-guest", from, between, count)
			report("call-guest-to-host", between, now(thisThread), count)
		}
	}
}

// artifact loads through the compilation cache, which is wazero's way to keep compiled modules; the cache is a folder.
func artifact(wasm, path string) {
	_, err := os.Stat(path)
	isNew := err != nil
	bytes := read(wasm)
	for i := 0; i < 2; i++ {
		cache, err := wazero.NewCompilationCacheWithDir(path)
		check(err)
		r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().WithCompilationCache(cache))
		from := now(wholeProcess)
		_, err = r.CompileModule(ctx, bytes)
		check(err)
		if isNew {
			return
		}
		report("artifact-load", from, now(wholeProcess), 1)
	}
}

func hello(wasm string) {
	r := engine(wazero.NewRuntimeConfigCompiler(), func() {}, func() {})
	config := wazero.NewModuleConfig().WithStdout(os.Stdout)
	_, err := r.InstantiateWithConfig(ctx, read(wasm), config)
	check(exitedWell(err))
}

func main() {
	runtime.LockOSThread() // so that the thread's CPU time is the guest's
	args := os.Args[1:]
	switch args[0] {
	case "program":
		program(args[1], args[2], args[3], number(args[4]), duration(args[5]))
	case "compile":
		compile(args[1], duration(args[2]))
	case "instantiate":
		instantiate(args[1], duration(args[2]))
	case "calls":
		calls(args[1], number(args[2]))
	case "artifact":
		artifact(args[1], args[2])
	case "hello":
		hello(args[1])
	}
}
