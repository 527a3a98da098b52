// Command plugin is the shared library that Fluent Bit loads as the output plugin "cmtrail". This file holds the functions
// that Fluent Bit calls; package instance has what they do.
package main

// #include <stdlib.h>
import "C"

import (
	"unsafe"

	"github.com/fluent/fluent-bit-go/output"

	"github.com/cmtrail/cmtrail/plugin/internal/instance"
)

const (
	name        = "cmtrail"
	description = "Tags ConfigMgr logs with pipeline steps and known issues"
)

var plugin = instance.NewPlugin()

// FLBPluginRegister tells Fluent Bit what the library is.
//
//export FLBPluginRegister
func FLBPluginRegister(def unsafe.Pointer) (answer C.int) {
	defer guard(&answer, output.FLB_ERROR-1)
	return C.int(output.FLBPluginRegister(def, name, description))
}

// FLBPluginInit makes an instance of the settings that p gives. p is the same for every instance, and holds for this call.
//
//export FLBPluginInit
func FLBPluginInit(p unsafe.Pointer) (answer C.int) {
	defer guard(&answer, output.FLB_ERROR)
	made, err := plugin.Make(func(name string) string { return output.FLBPluginConfigKey(p, name) })
	if err != nil {
		return output.FLB_ERROR // it has told why
	}
	output.FLBPluginSetContext(p, made)
	return output.FLB_OK
}

// FLBPluginFlushCtx takes a chunk. Fluent Bit may call it from several threads at once.
//
//export FLBPluginFlushCtx
func FLBPluginFlushCtx(ctx, data unsafe.Pointer, length C.size_t, tag *C.char) (answer C.int) {
	defer guard(&answer, output.FLB_RETRY)
	i, ok := output.FLBPluginGetContext(ctx).(*instance.Instance)
	if !ok {
		return output.FLB_ERROR
	}
	return C.int(i.Flush(C.GoString(tag), unsafe.Slice((*byte)(data), int(length))))
}

// FLBPluginExitCtx ends an instance. No flush of it is under way, and none follows.
//
//export FLBPluginExitCtx
func FLBPluginExitCtx(ctx unsafe.Pointer) (answer C.int) {
	defer guard(&answer, output.FLB_ERROR)
	i, ok := output.FLBPluginGetContext(ctx).(*instance.Instance)
	if !ok {
		return output.FLB_ERROR
	}
	i.Close()
	return output.FLB_OK
}

// FLBPluginUnregister gives back what FLBPluginRegister took.
//
//export FLBPluginUnregister
func FLBPluginUnregister(def unsafe.Pointer) {
	var answer C.int
	defer guard(&answer, 0)
	output.FLBPluginUnregister(def)
}

// guard keeps a fault of ours from ending the process that has loaded us.
func guard(answer *C.int, failed int) {
	if r := recover(); r != nil {
		*answer = C.int(failed)
		plugin.Fault(r)
	}
}

func main() {}
