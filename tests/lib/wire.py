"""Say and expect: one client's side of a line protocol, over TCP, unix sockets or TLS."""
import re
import socket
import ssl
import time

# Sanitized builds on busy machines take their time; a test that waits this long has failed.
TIMEOUT = 20.0


class Closed(Exception):
    """The server has ended the connection."""


class Wire:
    """One connection. Lines come without their end; everything is bytes on the wire."""

    def __init__(self, address, tls=False, source=None):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(TIMEOUT)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(
                address, TIMEOUT, (source, 0) if source else None)
        self.buffer = b""
        if tls:
            self.start_tls()

    def start_tls(self, server_name="localhost"):
        """TLS from here on; the certificate is not verified, and kept in .certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket, server_hostname=server_name)
        self.certificate = self.socket.getpeercert(True)

    def send(self, data):
        """Bytes, or text in UTF-8, as they are."""
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def say(self, line):
        """A line."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def read_more(self, timeout=TIMEOUT):
        self.socket.settimeout(timeout)
        data = self.socket.recv(65536)
        if not data:
            raise Closed(self.buffer)
        self.buffer += data

    def line(self, timeout=TIMEOUT):
        """The next line as text; Closed at the end."""
        while b"\n" not in self.buffer:
            self.read_more(timeout)
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "surrogateescape")

    def read(self, count, timeout=TIMEOUT):
        """Exactly so many bytes."""
        while len(self.buffer) < count:
            self.read_more(timeout)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def expect(self, pattern, timeout=TIMEOUT):
        """The next line, which must match; returns the match."""
        line = self.line(timeout)
        match = re.match(pattern, line)
        assert match, f"expected {pattern!r}, got {line!r}"
        return match

    def until(self, pattern, timeout=TIMEOUT):
        """Lines up to and including the first that matches."""
        lines = []
        while True:
            lines.append(self.line(timeout))
            if re.match(pattern, lines[-1]):
                return lines

    def quiet(self, seconds=0.2):
        """Nothing comes."""
        try:
            self.read_more(seconds)
        except (socket.timeout, TimeoutError):
            pass
        except Closed:
            return False
        return not self.buffer

    def closed(self, timeout=TIMEOUT):
        """Read to the end, which must come; what was still said."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                self.read_more(max(0.01, end - time.monotonic()))
            except Closed:
                return self.buffer.decode("utf-8", "surrogateescape")
            except ConnectionResetError:
                return self.buffer.decode("utf-8", "surrogateescape")
            except (socket.timeout, TimeoutError):
                break
        raise AssertionError(f"the connection is still open; got {self.buffer!r}")

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()
